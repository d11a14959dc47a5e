import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { type BetaSchedule, diffusionSchedule, stridedTimesteps } from "./diffusion_schedule.ts";

Deno.test("diffusionSchedule() rises from 1e-4 to 0.02 over 1000 linear steps", () => {
  const { betas, alphaBars } = diffusionSchedule("linear", { timesteps: 1000 });
  assertAlmostEquals(betas[0], 1e-4, 1e-15);
  assertAlmostEquals(betas[999], 0.02, 1e-15);
  assertAlmostEquals(betas[500] - betas[499], (0.02 - 1e-4) / 999, 1e-15);
  const log = betas.reduce((sum, beta) => sum + Math.log1p(-beta), 0);
  assertAlmostEquals(alphaBars[999] / Math.exp(log), 1, 1e-12);
  assertAlmostEquals(alphaBars[999], 4.04e-5, 1e-7);
});

Deno.test("diffusionSchedule() ends equally noisy with fewer linear steps", () => {
  const { betas, alphaBars } = diffusionSchedule("linear", { timesteps: 100 });
  assertAlmostEquals(betas[0], 1e-3, 1e-15);
  assertAlmostEquals(betas[99], 0.2, 1e-15);
  assertAlmostEquals(Math.log(alphaBars[99]), Math.log(4.04e-5), 1);
});

Deno.test("diffusionSchedule() telescopes to the squared cosine", () => {
  const T = 50, { betas, alphaBars } = diffusionSchedule("cosine", { timesteps: T });
  const left = (t: number) => Math.cos((t / T + 0.008) / 1.008 * Math.PI / 2) ** 2;
  for (let t = 0; t < T - 1; t++) assertAlmostEquals(alphaBars[t], left(t + 1) / left(0), 1e-12);
  assertEquals(betas[T - 1], 0.999);
});

Deno.test("diffusionSchedule() keeps every beta in (0, 1) and falls", () => {
  for (
    const [name, timesteps] of [["linear", 21], ["linear", 1000], ["cosine", 1], ["cosine", 1000]] as const
  ) {
    const { betas, alphaBars } = diffusionSchedule(name, { timesteps });
    assert(betas.every((beta) => beta > 0 && beta < 1));
    assert(alphaBars.every((left, t) => left > 0 && left < (alphaBars[t - 1] ?? 1)));
  }
});

Deno.test("diffusionSchedule() refuses unknown names and too few timesteps", () => {
  const make = (name: string, timesteps: number) => () =>
    diffusionSchedule(name as BetaSchedule, { timesteps });
  assertThrows(make("sigmoid", 10), RangeError, 'unknown betaSchedule "sigmoid", known are linear, cosine');
  assertThrows(make("linear", 20), RangeError, "whole number from 21 up for linear betas, got 20");
  assertThrows(make("cosine", 0), RangeError, "whole number from 1 up for cosine betas, got 0");
  assertThrows(make("cosine", 2.5), RangeError, "got 2.5");
});

Deno.test("stridedTimesteps() spreads from the first timestep to the last", () => {
  assertEquals(stridedTimesteps({ timesteps: 1000 }, 4), [0, 333, 666, 999]);
  assertEquals(stridedTimesteps({ timesteps: 5 }, 5), [0, 1, 2, 3, 4]);
  assertEquals(stridedTimesteps({ timesteps: 7 }, 1), [6]);
  for (const steps of [0, 8, 1.5]) {
    assertThrows(() => stridedTimesteps({ timesteps: 7 }, steps), RangeError, `from 1 to 7, got ${steps}`);
  }
});
