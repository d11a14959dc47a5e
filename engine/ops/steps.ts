/** The elementwise steps of attacks: moves along a gradient and projections, each one pass. */

import { applyElementwise, defineElementwise } from "./elementwise.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import finite from "../wgsl/finite.wgsl" with { type: "text" };

/** a + K sign(b), a where b is 0 or NaN. */
export const signStepOp = defineElementwise({
  name: "sign_step",
  arity: 2,
  expression: "a + K * sign_of(b)",
  include: [finite],
  apply: ([a, b], k) => a + k * (Math.sign(b) || 0),
  keepsZero: true,
  constant: 0.1,
  backward: null,
});

/** a + K b / c, and a where c is 0 or not finite: b a gradient, c its norm per example. */
export const normStepOp = defineElementwise({
  name: "norm_step",
  arity: 3,
  expression: "select(a, a + K * b / c, are_finite(c) & (c != vec4<f32>(0.0)))",
  include: [finite],
  apply: ([a, b, c], k) => c === 0 || !Number.isFinite(c) ? a : a + k * b / c,
  keepsZero: true,
  positive: true,
  constant: -0.1,
  backward: null,
});

/** 1 where a is 0 or not finite, else 0. */
export const unusableOp = defineElementwise({
  name: "unusable",
  arity: 1,
  expression: "select(vec4<f32>(1.0), vec4<f32>(0.0), are_finite(a) & (a != vec4<f32>(0.0)))",
  include: [finite],
  apply: ([a]) => a === 0 || !Number.isFinite(a) ? 1 : 0,
  keepsZero: false,
  backward: null,
});

/** a clipped to [b - K, b + K] and then to [0, 1]. */
export const boxProjectOp = defineElementwise({
  name: "box_project",
  arity: 2,
  expression: "clamp(clamp(a, b - K, b + K), vec4<f32>(0.0), vec4<f32>(1.0))",
  apply: ([a, b], k) => Math.min(Math.max(Math.min(Math.max(a, b - k), b + k), 0), 1),
  keepsZero: true,
  constant: 0.25,
  backward: null,
});

/** b + (a - b) min(1, K / c) clipped to [0, 1]: c the L2 norm of a - b per example. */
export const ballProjectOp = defineElementwise({
  name: "ball_project",
  arity: 3,
  expression:
    "clamp(b + (a - b) * min(vec4<f32>(1.0), K / max(c, vec4<f32>(1e-12))), vec4<f32>(0.0), vec4<f32>(1.0))",
  apply: ([a, b, c], k) => Math.min(Math.max(b + (a - b) * Math.min(1, k / Math.max(c, 1e-12)), 0), 1),
  keepsZero: true,
  positive: true,
  constant: 0.75,
  backward: null,
});

/** a clipped to [0, 1]. */
export const clipPixelsOp = defineElementwise({
  name: "clip_pixels",
  arity: 1,
  expression: "clamp(a, vec4<f32>(0.0), vec4<f32>(1.0))",
  apply: ([a]) => Math.min(Math.max(a, 0), 1),
  keepsZero: true,
  backward: null,
});

/** x + stepSize sign(gradient); x where the gradient is 0 or NaN. */
export function signStep(x: Value, gradient: Value, { stepSize }: { stepSize: number }): Tensor {
  return applyElementwise(signStepOp, [x, gradient], stepSize);
}

/** x + stepSize gradient / norm, norm per example [B, 1, …]; x where that is 0 or not finite. */
export function normStep(
  x: Value,
  gradient: Value,
  { norm, stepSize }: { norm: Value; stepSize: number },
): Tensor {
  return applyElementwise(normStepOp, [x, gradient, norm], stepSize);
}

/** 1 where a is 0 or not finite, else 0: marks gradient norms that allow no step. */
export function unusable(a: Value): Tensor {
  return applyElementwise(unusableOp, [a]);
}

/** The nearest point to x within eps of origin in L-infinity and within [0, 1]. */
export function boxProject(x: Value, origin: Value, { eps }: { eps: number }): Tensor {
  return applyElementwise(boxProjectOp, [x, origin], eps);
}

/** x scaled towards origin to a distance of at most eps per example, then clipped to [0, 1]. */
export function ballProject(
  x: Value,
  origin: Value,
  { distance, eps }: { distance: Value; eps: number },
): Tensor {
  return applyElementwise(ballProjectOp, [x, origin, distance], eps);
}

/** x clipped to [0, 1]. */
export function clipPixels(x: Value): Tensor {
  return applyElementwise(clipPixelsOp, [x]);
}
