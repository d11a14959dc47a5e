/**
 * The Gaussian error linear unit.
 *
 * @module
 */

import type { Tensor, Value } from "../graph/tensor.ts";
import gelu_ from "../wgsl/gelu.wgsl" with { type: "text" };
import normalCdf from "../wgsl/normal_cdf.wgsl" with { type: "text" };
import sigmoid from "../wgsl/sigmoid.wgsl" with { type: "text" };
import { applyElementwise, backwardEach, defineElementwise } from "./elementwise.ts";
import { erf } from "./erf.ts";

const include = [normalCdf, sigmoid, gelu_];
const cdf = (x: number) => (1 + erf(x / Math.SQRT2)) / 2;
const density = (x: number) => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
const inner = (x: number) => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);

/** a cdf(a), cdf that of the standard normal. */
export const geluOp = defineElementwise({
  name: "gelu",
  arity: 1,
  expression: "gelu(a)",
  include,
  apply: ([a]) => a * cdf(a),
  keepsZero: true,
  backward: backwardEach((c, g) => applyElementwise(geluGradOp, [g, c.inputs[0]])),
});

/** a (cdf(b) + b density(b)). Inputs: gradient, input of gelu. */
export const geluGradOp = defineElementwise({
  name: "gelu_grad",
  arity: 2,
  expression: "a * gelu_slope(b)",
  include,
  apply: ([a, b]) => a * (cdf(b) + b * density(b)),
  keepsZero: true,
  backward: null,
});

/** a (1 + tanh(u)) / 2 with u = sqrt(2 / pi) (a + 0.044715 a^3). */
export const geluTanhOp = defineElementwise({
  name: "gelu_tanh",
  arity: 1,
  expression: "gelu_tanh(a)",
  include,
  apply: ([a]) => a * (1 + Math.tanh(inner(a))) / 2,
  keepsZero: true,
  backward: backwardEach((c, g) => applyElementwise(geluTanhGradOp, [g, c.inputs[0]])),
});

/** The derivative of gelu_tanh at b, times a. Inputs: gradient, input of gelu_tanh. */
export const geluTanhGradOp = defineElementwise({
  name: "gelu_tanh_grad",
  arity: 2,
  expression: "a * gelu_tanh_slope(b)",
  include,
  apply: ([a, b]) => {
    const tanh = Math.tanh(inner(b));
    const slope = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * b * b);
    return a * ((1 + tanh) / 2 + b * (1 - tanh * tanh) / 2 * slope);
  },
  keepsZero: true,
  backward: null,
});

/** Settings of {@linkcode gelu}. */
export interface GeluOptions {
  /** `none`: by the error function; `tanh`: its older approximation. Default `none`. */
  readonly approximate?: "none" | "tanh";
}

/**
 * Element by element, x times the standard normal's distribution function at x, in the shape of x; or, with
 * `approximate: "tanh"`, x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2. Both as PyTorch's `GELU`.
 * Source: Hendrycks & Gimpel 2016, https://arxiv.org/abs/1606.08415, section 2.
 */
export function gelu(x: Value, { approximate = "none" }: GeluOptions = {}): Tensor {
  return applyElementwise(approximate === "tanh" ? geluTanhOp : geluOp, [x]);
}
