/** Images mixed with noise, as far as a timestep says. */

import { add, mul } from "../engine/ops/arithmetic.ts";
import { embedding } from "../engine/ops/embedding.ts";
import { reshape } from "../engine/ops/reshape.ts";
import { f32 } from "../engine/arrays/shape.ts";
import { type Tensor, type Value, Variable } from "../engine/graph/tensor.ts";
import type { DiffusionSchedule } from "./diffusion_schedule.ts";

/** A schedule as programs use it. */
export interface Noising {
  /** The schedule's tables: constants, to be kept and freed with the model's. */
  readonly tables: readonly Variable[];
  /**
   * sqrt(alphaBar_t) x0 + sqrt(1 - alphaBar_t) noise: a draw of x_t given x0. Source: Ho et al. 2020,
   * https://arxiv.org/abs/2006.11239, equation 4.
   *
   * @param x0 [B, H, W, C] in [-1, 1].
   * @param options Timesteps t, u32 [B] or [1]; noise [B, H, W, C] or [1, H, W, C], standard normal; null for the mean.
   */
  qSample(x0: Value, options: { readonly t: Value; readonly noise: Value | null }): Tensor;
}

/** Makes the tables of a schedule, `diffusion.signal` and `diffusion.noise` [T, 1]. */
export function createNoising({ timesteps, alphaBars }: DiffusionSchedule): Noising {
  const table = (name: string, of: (alphaBar: number) => number) =>
    new Variable(name, f32(timesteps, 1), Float32Array.from(alphaBars, of));
  const signal = table("diffusion.signal", Math.sqrt);
  const spread = table("diffusion.noise", (alphaBar) => Math.sqrt(1 - alphaBar));
  const at = (numbers: Variable, t: Value) => reshape(embedding(numbers, t), [t.shape[0], 1, 1, 1]);
  return {
    tables: [signal, spread],
    qSample(x0, { t, noise }) {
      const mean = mul(x0, at(signal, t));
      return noise === null ? mean : add(mean, mul(noise, at(spread, t)));
    },
  };
}
