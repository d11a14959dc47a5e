/** 2-D convolution and its gradients. */

import { record } from "../graph/graph.ts";
import type { OpDef } from "../graph/op.ts";
import { f32, formatShape, type Shape } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { convCases } from "./conv2d_cases.ts";
import { convGradInputReference, convGradWeightsReference, convReference } from "./conv2d_reference.ts";
import { type ConvAttrs, convFlops, convSizes } from "./conv2d_sizes.ts";
import {
  forwardVariants,
  gradInputVariants,
  gradWeightsVariants,
  namesOf,
  variantNamed,
} from "./conv2d_variants.ts";

/** y = x * w + bias. Inputs: x [N, H, W, C], w [O, KH, KW, C], and bias [O] or none. */
export const conv2dOp: OpDef<ConvAttrs> = {
  name: "conv2d",
  shape: ([x, w, bias], attrs) => {
    const { N, OH, OW, O } = convSizes(x.shape, w.shape, attrs);
    if (bias !== undefined && (bias.shape.length !== 1 || bias.shape[0] !== O)) {
      throw new RangeError(`Cannot convolve: expected a bias of [${O}], got ${formatShape(bias.shape)}`);
    }
    return [f32(N, OH, OW, O)];
  },
  variants: ({ inputs: [x, w], attrs, target }) =>
    namesOf(forwardVariants(convSizes(x.shape, w.shape, attrs), target)),
  lower: ({ inputs: [x, w, bias], outputs: [y], attrs, target, variant }) => {
    const sizes = convSizes(x.spec.shape, w.spec.shape, attrs);
    return variantNamed(forwardVariants(sizes, target), variant).kernels({ x, w, bias, y, sizes });
  },
  backward: ({ inputs: [x, w, bias], grads: [g], attrs, needs }) => [
    needs(0) ? record(convGradInputOp, [g!, w], { ...attrs, shape: x.shape })[0] : null,
    needs(1) ? record(convGradWeightsOp, [x, g!], { ...attrs, shape: w.shape })[0] : null,
    bias === undefined ? null : g,
  ],
  reference: (
    [x, w, bias],
    attrs,
  ) => [convReference({ x, w, bias, sizes: convSizes(x.shape, w.shape, attrs) })],
  flops: ([x, w], attrs) => convFlops(convSizes(x.shape, w.shape, attrs)),
  cases: convCases().map((c) => ({
    ...c,
    inputs: [f32(...c.x), f32(...c.w), ...(c.bias ? [f32(c.w[0])] : [])],
  })),
};

interface GradAttrs extends ConvAttrs {
  /** Shape of the gradient. */
  readonly shape: Shape;
}

/** dx. Inputs: dy [N, OH, OW, O], w [O, KH, KW, C]. */
export const convGradInputOp: OpDef<GradAttrs> = {
  name: "conv2d_grad_input",
  shape: (_, { shape }) => [f32(...shape)],
  variants: ({ inputs: [, w], attrs, target }) =>
    namesOf(gradInputVariants(convSizes(attrs.shape, w.shape, attrs), target)),
  lower: ({ inputs: [dy, w], outputs: [dx], attrs, target, variant, scratch }) => {
    const sizes = convSizes(attrs.shape, w.spec.shape, attrs);
    return variantNamed(gradInputVariants(sizes, target), variant).kernels({ dy, w, dx, sizes, scratch });
  },
  backward: null,
  reference: (
    [dy, w],
    attrs,
  ) => [convGradInputReference({ dy, w, sizes: convSizes(attrs.shape, w.shape, attrs) })],
  flops: ([, w], attrs) => convFlops(convSizes(attrs.shape, w.shape, attrs)),
  cases: convCases().map(({ x, w, name, attrs, large }) => {
    const { N, OH, OW, O } = convSizes(x, w, attrs);
    return { name, inputs: [f32(N, OH, OW, O), f32(...w)], attrs: { ...attrs, shape: x }, large };
  }),
};

/** dw. Inputs: x [N, H, W, C], dy [N, OH, OW, O]. */
export const convGradWeightsOp: OpDef<GradAttrs> = {
  name: "conv2d_grad_weights",
  shape: (_, { shape }) => [f32(...shape)],
  variants: ({ inputs: [x], attrs, target }) =>
    namesOf(gradWeightsVariants(convSizes(x.shape, attrs.shape, attrs), target)),
  lower: ({ inputs: [x, dy], outputs: [dw], attrs, target, variant, scratch }) => {
    const sizes = convSizes(x.spec.shape, attrs.shape, attrs);
    return variantNamed(gradWeightsVariants(sizes, target), variant).kernels({ x, dy, dw, sizes, scratch });
  },
  backward: null,
  reference: (
    [x, dy],
    attrs,
  ) => [convGradWeightsReference({ x, dy, sizes: convSizes(x.shape, attrs.shape, attrs) })],
  flops: ([x], attrs) => convFlops(convSizes(x.shape, attrs.shape, attrs)),
  cases: convCases().map(({ x, w, name, attrs, large }) => {
    const { N, OH, OW, O } = convSizes(x, w, attrs);
    return { name, inputs: [f32(...x), f32(N, OH, OW, O)], attrs: { ...attrs, shape: w }, large };
  }),
};

/**
 * Convolves images, or correlates, as PyTorch's `conv2d` does:
 * y[n, i, j, o] = bias[o] + sum over ky, kx, c of x[n, i stride + ky - padding, j stride + kx - padding, c]
 * w[o, ky, kx, c], zero outside the image.
 *
 * @param x [N, H, W, C].
 * @param w [O, KH, KW, C].
 * @param options Bias [O], default none; stride, default 1; padding on all four sides in pixels, default 0.
 * @returns [N, OH, OW, O], OH = floor((H + 2 padding - KH) / stride) + 1 and OW likewise.
 * @throws {RangeError} If the channels differ, the kernel is larger than the padded image, or a shape does not fit.
 */
export function conv2d(
  x: Value,
  w: Value,
  options: { bias?: Value; stride?: number; padding?: number } = {},
): Tensor {
  const { bias, stride = 1, padding = 0 } = options;
  return record(conv2dOp, bias === undefined ? [x, w] : [x, w, bias], { stride, padding })[0];
}
