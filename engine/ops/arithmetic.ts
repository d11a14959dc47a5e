/**
 * Sums, products and powers of elements. Operands of different shapes are aligned at the innermost dimension, and
 * dimensions of 1 stretch; gradients are summed back to the operand's own shape.
 */

import { applyElementwise, backwardEach, defineElementwise } from "./elementwise.ts";
import type { Tensor, Value } from "../graph/tensor.ts";

/** a + b. */
export const addOp = defineElementwise({
  name: "add",
  arity: 2,
  expression: "a + b",
  apply: ([a, b]) => a + b,
  keepsZero: true,
  backward: backwardEach((_, g) => g, (_, g) => g),
});

/** a - b. */
export const subOp = defineElementwise({
  name: "sub",
  arity: 2,
  expression: "a - b",
  apply: ([a, b]) => a - b,
  keepsZero: true,
  backward: backwardEach((_, g) => g, (_, g) => scale(g, -1)),
});

/** a * b. */
export const mulOp = defineElementwise({
  name: "mul",
  arity: 2,
  expression: "a * b",
  apply: ([a, b]) => a * b,
  keepsZero: true,
  backward: backwardEach((c, g) => mul(g, c.inputs[1]), (c, g) => mul(g, c.inputs[0])),
});

/** a / b; the padding, 0 / 0, is masked. */
export const divOp = defineElementwise({
  name: "div",
  arity: 2,
  expression: "a / b",
  apply: ([a, b]) => a / b,
  keepsZero: false,
  positive: true,
  backward: backwardEach(
    (c, g) => div(g, c.inputs[1]),
    (c, g) => scale(div(mul(g, c.outputs[0]), c.inputs[1]), -1),
  ),
});

/** k * a. */
export const scaleOp = defineElementwise({
  name: "scale",
  arity: 1,
  expression: "a * K",
  apply: ([a], k) => a * k,
  keepsZero: true,
  constant: -0.75,
  backward: backwardEach((c, g) => scale(g, c.attrs.k)),
});

/** a + k. */
export const addScalarOp = defineElementwise({
  name: "add_scalar",
  arity: 1,
  expression: "a + K",
  apply: ([a], k) => a + k,
  keepsZero: false,
  constant: 0.5,
  backward: backwardEach((_, g) => g),
});

/** a * a. */
export const squareOp = defineElementwise({
  name: "square",
  arity: 1,
  expression: "a * a",
  apply: ([a]) => a * a,
  keepsZero: true,
  backward: backwardEach((c, g) => scale(mul(g, c.inputs[0]), 2)),
});

/** The square root. */
export const sqrtOp = defineElementwise({
  name: "sqrt",
  arity: 1,
  expression: "sqrt(a)",
  apply: ([a]) => Math.sqrt(a),
  keepsZero: true,
  positive: true,
  backward: backwardEach((c, g) => scale(div(g, c.outputs[0]), 0.5)),
});

/**
 * Element by element, a + b, in the shape they broadcast to.
 *
 * @throws {RangeError} If the shapes do not broadcast together.
 */
export function add(a: Value, b: Value): Tensor {
  return applyElementwise(addOp, [a, b]);
}

/**
 * Element by element, a - b, in the shape they broadcast to.
 *
 * @throws {RangeError} If the shapes do not broadcast together.
 */
export function sub(a: Value, b: Value): Tensor {
  return applyElementwise(subOp, [a, b]);
}

/**
 * Element by element, a * b, in the shape they broadcast to.
 *
 * @throws {RangeError} If the shapes do not broadcast together.
 */
export function mul(a: Value, b: Value): Tensor {
  return applyElementwise(mulOp, [a, b]);
}

/**
 * Element by element, a / b, in the shape they broadcast to; b has to differ from 0.
 *
 * @throws {RangeError} If the shapes do not broadcast together.
 */
export function div(a: Value, b: Value): Tensor {
  return applyElementwise(divOp, [a, b]);
}

/**
 * k * a, in the shape of a; k is fixed when the program is recorded.
 *
 * @throws {RangeError} If float32 cannot hold k, when the program is compiled.
 */
export function scale(a: Value, k: number): Tensor {
  return applyElementwise(scaleOp, [a], k);
}

/**
 * a + k, in the shape of a; k is fixed when the program is recorded.
 *
 * @throws {RangeError} If float32 cannot hold k, when the program is compiled.
 */
export function addScalar(a: Value, k: number): Tensor {
  return applyElementwise(addScalarOp, [a], k);
}

/** Element by element, a * a, in the shape of a. */
export function square(a: Value): Tensor {
  return applyElementwise(squareOp, [a]);
}

/** Element by element, the square root of a, a > 0 where its gradient is asked for. */
export function sqrt(a: Value): Tensor {
  return applyElementwise(sqrtOp, [a]);
}
