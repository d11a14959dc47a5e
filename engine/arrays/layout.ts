/**
 * Conversion between PyTorch's layouts, used in files and the public API, and the engine's, with channels innermost:
 * images NCHW <-> NHWC, convolution weights OIHW <-> OHWI. All on flat row-major arrays.
 *
 * @module
 */

import { formatShape, type Shape, sizeOf } from "./shape.ts";

/**
 * Moves the channels innermost.
 *
 * @param data Values in [N, C, H, W].
 * @param shape That shape.
 * @returns The values in [N, H, W, C].
 * @throws {RangeError} If the shape does not have four dimensions or does not fit the number of values.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const planes = Float32Array.from([1, 2, 3, 10, 20, 30]);
 * assertEquals([...nchwToNhwc(planes, [1, 2, 1, 3])], [1, 10, 2, 20, 3, 30]);
 * ```
 */
export function nchwToNhwc(data: Float32Array, shape: Shape): Float32Array<ArrayBuffer> {
  const [n, c, h, w] = fourDimensions(data, shape, "NCHW");
  return swapInner(data, { outer: n, rows: c, columns: h * w });
}

/**
 * Moves the channels before the pixels: the inverse of {@linkcode nchwToNhwc}.
 *
 * @param data Values in [N, H, W, C].
 * @param shape That shape.
 * @returns The values in [N, C, H, W].
 * @throws {RangeError} If the shape does not have four dimensions or does not fit the number of values.
 */
export function nhwcToNchw(data: Float32Array, shape: Shape): Float32Array<ArrayBuffer> {
  const [n, h, w, c] = fourDimensions(data, shape, "NHWC");
  return swapInner(data, { outer: n, rows: h * w, columns: c });
}

/**
 * Moves the input channels of convolution weights innermost.
 *
 * @param data Values in [O, I, H, W].
 * @param shape That shape.
 * @returns The values in [O, H, W, I].
 * @throws {RangeError} If the shape does not have four dimensions or does not fit the number of values.
 */
export function oihwToOhwi(data: Float32Array, shape: Shape): Float32Array<ArrayBuffer> {
  const [o, i, h, w] = fourDimensions(data, shape, "OIHW");
  return swapInner(data, { outer: o, rows: i, columns: h * w });
}

/**
 * Moves the input channels of convolution weights before the pixels: the inverse of {@linkcode oihwToOhwi}.
 *
 * @param data Values in [O, H, W, I].
 * @param shape That shape.
 * @returns The values in [O, I, H, W].
 * @throws {RangeError} If the shape does not have four dimensions or does not fit the number of values.
 */
export function ohwiToOihw(data: Float32Array, shape: Shape): Float32Array<ArrayBuffer> {
  const [o, h, w, i] = fourDimensions(data, shape, "OHWI");
  return swapInner(data, { outer: o, rows: h * w, columns: i });
}

/** Transposes each of `outer` matrices [rows, columns]. */
function swapInner(
  data: Float32Array,
  { outer, rows, columns }: { outer: number; rows: number; columns: number },
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(data.length);
  for (let n = 0; n < outer; n++) {
    const first = n * rows * columns;
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) out[first + c * rows + r] = data[first + r * columns + c];
    }
  }
  return out;
}

function fourDimensions(data: Float32Array, shape: Shape, layout: string): Shape {
  if (shape.length !== 4) {
    throw new RangeError(
      `Cannot change layout: expected four dimensions (${layout}), got ${formatShape(shape)}`,
    );
  }
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(
      `Cannot change layout: ${data.length} values given for ${layout} ${formatShape(shape)}`,
    );
  }
  return shape;
}
