/** The timestep embedding of a diffusion network. */

import { silu } from "../ops/silu.ts";
import { sinusoidalEmbedding } from "../ops/sinusoidal_embedding.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { createFanAverageLinear } from "./fan_average.ts";
import { joinState, type Stateful } from "./model.ts";

/** An embedding of timesteps with weights of its own. */
export interface TimeEmbedding extends Stateful {
  /** Length of the vectors. */
  readonly outputs: number;
  /** Timesteps [B] of u32 to [B, outputs]. */
  apply(t: Value): Tensor;
}

/**
 * Makes a time embedding: sines and cosines of length `base`, linear to 4 `base`, SiLU, linear, and the SiLU with which
 * every block's projection of it begins, computed once. Parameters `<name>.0` and `<name>.2`.
 * Source: Ho et al. 2020, https://arxiv.org/abs/2006.11239, appendix B.
 */
export function createTimeEmbedding(
  name: string,
  { base, seed }: { readonly base: number; readonly seed: number },
): TimeEmbedding {
  const outputs = 4 * base;
  const first = createFanAverageLinear(`${name}.0`, { inputs: base, outputs, seed });
  const second = createFanAverageLinear(`${name}.2`, { inputs: outputs, outputs, seed });
  return {
    ...joinState([first, second]),
    outputs,
    apply: (t) => silu(second.apply(silu(first.apply(sinusoidalEmbedding(t, { size: base }))))),
  };
}
