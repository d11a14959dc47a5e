/** The LayerNorm layer. */

import { layerNorm } from "../ops/layer_norm.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { constantVector } from "./init.ts";
import type { Stateful } from "./model.ts";

/** Settings of a LayerNorm layer. */
export interface LayerNormOptions {
  /** Length of the rows. */
  readonly size: number;
  /** Added to the variance. Default 1e-5, PyTorch's; vision transformers use 1e-6. */
  readonly eps?: number;
}

/** A LayerNorm with parameters of its own. */
export interface LayerNorm extends Stateful {
  /** [..., size] to the same shape. */
  apply(x: Value): Tensor;
}

/** Makes a LayerNorm layer: parameters `<name>.weight` (starts at 1) and `<name>.bias` (0). */
export function createLayerNorm(name: string, { size, eps = 1e-5 }: LayerNormOptions): LayerNorm {
  const gamma = constantVector(`${name}.weight`, { size, value: 1 });
  const beta = constantVector(`${name}.bias`, { size, value: 0 });
  return { parameters: [gamma, beta], buffers: [], apply: (x) => layerNorm(x, gamma, { beta, eps }) };
}
