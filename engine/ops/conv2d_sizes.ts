/** Sizes of a 2-D convolution, from the shapes of its operands. */

import { formatShape, type Shape } from "../arrays/shape.ts";

/** Stride and padding, the same in both directions; the padding holds zeros. */
export interface ConvAttrs {
  readonly [key: string]: unknown;
  readonly stride: number;
  readonly padding: number;
}

/** Sizes of a convolution x [N, H, W, C] * w [O, KH, KW, C] -> y [N, OH, OW, O]. */
export interface ConvSizes {
  readonly N: number;
  readonly H: number;
  readonly W: number;
  readonly C: number;
  readonly O: number;
  readonly KH: number;
  readonly KW: number;
  readonly OH: number;
  readonly OW: number;
  readonly STRIDE: number;
  readonly PAD: number;
}

/**
 * Sizes of the convolution of x [N, H, W, C] with weights w [O, KH, KW, C].
 *
 * @throws {RangeError} If the shapes do not fit together or the output would be empty.
 */
export function convSizes(x: Shape, w: Shape, { stride, padding }: ConvAttrs): ConvSizes {
  const shapes = `x is ${formatShape(x)} (NHWC), weights are ${formatShape(w)} (OHWI)`;
  if (x.length !== 4 || w.length !== 4) {
    throw new RangeError(`Cannot convolve: expected four dimensions each, ${shapes}`);
  }
  const [N, H, W, C] = x, [O, KH, KW, I] = w;
  if (C !== I) throw new RangeError(`Cannot convolve: channels differ, ${shapes}`);
  const OH = Math.floor((H + 2 * padding - KH) / stride) + 1,
    OW = Math.floor((W + 2 * padding - KW) / stride) + 1;
  if (OH < 1 || OW < 1) {
    throw new RangeError(
      `Cannot convolve: the kernel is larger than the padded image, ${shapes}, padding ${padding}`,
    );
  }
  return { N, H, W, C, O, KH, KW, OH, OW, STRIDE: stride, PAD: padding };
}

/** Multiplications and additions of the convolution and of either gradient. */
export function convFlops({ N, OH, OW, O, KH, KW, C }: ConvSizes): number {
  return 2 * N * OH * OW * O * KH * KW * C;
}
