/** Noise schedules of diffusion. */

/** Names of the schedules. */
export const BETA_SCHEDULES = ["linear", "cosine"] as const;

/** Name of a schedule. */
export type BetaSchedule = typeof BETA_SCHEDULES[number];

/** Numbers of each timestep, in float64. */
export interface DiffusionSchedule {
  /** T. */
  readonly timesteps: number;
  /** Variance of the noise that step t adds. */
  readonly betas: Float64Array;
  /** Product of 1 - beta up to and including step t: share of the image's variance that is left. */
  readonly alphaBars: Float64Array;
}

/**
 * The schedule of a name.
 *
 * - `linear`: betas from 1e-4 to 0.02 for 1000 timesteps; for T timesteps both ends times 1000 / T, so that the end is
 *   equally noisy. Sources: Ho et al. 2020, https://arxiv.org/abs/2006.11239, section 4; the factor: code of Nichol &
 *   Dhariwal 2021, https://github.com/openai/improved-diffusion, `get_named_beta_schedule`.
 * - `cosine`: beta_t = min(1 - f((t + 1) / T) / f(t / T), 0.999) with f(u) = cos((u + 0.008) / 1.008 * pi / 2)^2.
 *   Source: Nichol & Dhariwal 2021, https://arxiv.org/abs/2102.09672, section 3.2.
 *
 * @throws {RangeError} If the name is unknown, or there are too few timesteps: a beta has to stay below 1.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { diffusionSchedule } from "./diffusion_schedule.ts";
 *
 * const { alphaBars } = diffusionSchedule("linear", { timesteps: 1000 });
 * assertAlmostEquals(alphaBars[0], 1 - 1e-4, 1e-12);
 * assertAlmostEquals(alphaBars[11], 0.9975, 1e-4);
 * ```
 */
export function diffusionSchedule(
  name: BetaSchedule,
  { timesteps }: { readonly timesteps: number },
): DiffusionSchedule {
  if (!BETA_SCHEDULES.includes(name)) {
    throw new RangeError(
      `Cannot make diffusion schedule: unknown betaSchedule "${name}", known are ${
        BETA_SCHEDULES.join(", ")
      }`,
    );
  }
  const min = name === "linear" ? 21 : 1;
  if (!Number.isSafeInteger(timesteps) || timesteps < min) {
    throw new RangeError(
      `Cannot make diffusion schedule: timesteps must be a whole number from ${min} up for ${name} betas, ` +
        `got ${timesteps}`,
    );
  }
  const beta = name === "linear" ? linearBeta(timesteps) : cosineBeta(timesteps);
  const betas = Float64Array.from({ length: timesteps }, (_, t) => beta(t));
  let left = 1;
  return { timesteps, betas, alphaBars: betas.map((b) => left *= 1 - b) };
}

function linearBeta(timesteps: number): (t: number) => number {
  const first = 0.1 / timesteps, last = 20 / timesteps;
  return (t) => first + (last - first) * t / (timesteps - 1);
}

function cosineBeta(timesteps: number): (t: number) => number {
  const left = (t: number) => Math.cos((t / timesteps + 0.008) / 1.008 * Math.PI / 2) ** 2;
  return (t) => Math.min(1 - left(t + 1) / left(t), 0.999);
}

/**
 * Timesteps that a shorter chain visits: `steps` of them, evenly spread from 0 to T - 1 and rounded, ascending; the last
 * one alone for one step. Source: Nichol & Dhariwal 2021, section 4.
 *
 * @throws {RangeError} If there are fewer timesteps than steps, or no step.
 */
export function stridedTimesteps(
  { timesteps }: Pick<DiffusionSchedule, "timesteps">,
  steps: number,
): number[] {
  if (!Number.isSafeInteger(steps) || steps < 1 || steps > timesteps) {
    throw new RangeError(
      `Cannot choose timesteps: sampleSteps must be a whole number from 1 to ${timesteps}, got ${steps}`,
    );
  }
  if (steps === 1) return [timesteps - 1];
  return Array.from({ length: steps }, (_, i) => Math.round(i * (timesteps - 1) / (steps - 1)));
}
