/**
 * The fully connected layer.
 *
 * @module
 */

import { record } from "../graph/graph.ts";
import type { OpDef } from "../graph/op.ts";
import { f32, formatShape, lastDim, sizeOf, type Spec } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { matmul, matmulKernels, type MatmulSizes, matmulSizes, matmulSum, matmulVariants } from "./matmul.ts";

type LinearAttrs = Readonly<Record<string, never>>;

const FORM = { transposeA: false, transposeB: true };

/** y = x w^T + bias. Inputs: x [..., I], w [O, I], and bias [O] or none. */
export const linearOp: OpDef<LinearAttrs> = {
  name: "linear",
  shape: ([x, w, bias]) => [f32(...x.shape.slice(0, -1), outputFeatures(x, w, bias))],
  variants: ({ inputs: [x, w], target }) =>
    matmulVariants({ a: x, b: w, attrs: FORM, target, sizes: linearSizes(x, w) }),
  lower: ({ inputs: [x, w, bias], outputs: [c], target, variant, scratch }) =>
    matmulKernels({
      a: x,
      b: w,
      bias,
      c,
      attrs: FORM,
      sizes: linearSizes(x.spec, w.spec),
      target,
      variant,
      scratch,
    }),
  backward: ({ inputs: [x, w, bias], grads: [g], needs }) => {
    const grads = [needs(0) ? matmul(g!, w) : null, needs(1) ? matmulSum(g!, x) : null];
    return bias === undefined ? grads : [...grads, g];
  },
  reference: ([x, w, bias], _, [out]) => {
    const I = lastDim(w.shape), O = w.shape[0];
    const data = new Float64Array(sizeOf(out.shape));
    for (let i = 0; i < data.length; i++) {
      const row = Math.floor(i / O), o = i % O;
      data[i] = bias === undefined ? 0 : bias.data[o];
      for (let k = 0; k < I; k++) data[i] += x.data[row * I + k] * w.data[o * I + k];
    }
    return [{ shape: out.shape, data }];
  },
  flops: ([x, w]) => 2 * sizeOf(x.shape) * w.shape[0],
  cases: [
    { name: "one element", inputs: [f32(1, 1), f32(1, 1), f32(1)], attrs: {} },
    { name: "a head", inputs: [f32(17, 64), f32(10, 64), f32(10)], attrs: {} },
    { name: "odd", inputs: [f32(5, 7), f32(9, 7), f32(9)], attrs: {} },
    { name: "without bias", inputs: [f32(5, 7), f32(9, 7)], attrs: {} },
    { name: "tokens", inputs: [f32(3, 5, 6), f32(11, 6), f32(11)], attrs: {} },
    { name: "long sum", inputs: [f32(6, 300), f32(5, 300), f32(5)], attrs: {} },
    { name: "empty batch", inputs: [f32(0, 3), f32(2, 3), f32(2)], attrs: {} },
    { name: "large tiles", inputs: [f32(259, 48), f32(130, 48), f32(130)], attrs: {}, large: true },
  ],
};

/** All rows of x as one matrix. */
function linearSizes(x: Spec, w: Spec): MatmulSizes {
  const rows = [sizeOf(x.shape.slice(0, -1)), lastDim(x.shape)];
  return matmulSizes(rows, w.shape, FORM);
}

/** @throws {RangeError} If the shapes do not fit together. */
function outputFeatures(x: Spec, w: Spec, bias: Spec | undefined): number {
  const shapes = `x is ${formatShape(x.shape)}, weights are ${formatShape(w.shape)}`;
  if (w.shape.length !== 2 || x.shape.length < 2) {
    throw new RangeError(`Cannot apply linear layer: expected x [..., I] and weights [O, I], ${shapes}`);
  }
  if (lastDim(x.shape) !== w.shape[1]) {
    throw new RangeError(`Cannot apply linear layer: input features differ, ${shapes}`);
  }
  if (bias !== undefined && (bias.shape.length !== 1 || bias.shape[0] !== w.shape[0])) {
    throw new RangeError(
      `Cannot apply linear layer: expected a bias of [${w.shape[0]}], got ${formatShape(bias.shape)}`,
    );
  }
  return w.shape[0];
}

/**
 * y = x w^T + bias: x [..., I] (at least two dimensions), weight [O, I] in PyTorch's layout, bias [O]; gives [..., O].
 *
 * @throws {RangeError} If the shapes do not fit together.
 */
export function linear(x: Value, weight: Value, bias?: Value): Tensor {
  return record(linearOp, bias === undefined ? [x, weight] : [x, weight, bias], {})[0];
}
