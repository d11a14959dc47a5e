/**
 * Shapes and how they lie in memory: row-major, the innermost dimension rounded up to a multiple of four
 * so that every kernel reads and writes whole `vec4`s. Lanes of that padding always hold zero.
 */

/** Sizes of the dimensions, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** Element types a tensor can have. */
export type DType = "f32" | "u32";

/** Type and shape of a tensor, known before it is computed. */
export interface Spec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Shorthand for a float32 spec. */
export function f32(...shape: number[]): Spec {
  return { shape, dtype: "f32" };
}

/** Shorthand for an unsigned 32-bit spec. */
export function u32(...shape: number[]): Spec {
  return { shape, dtype: "u32" };
}

/** Number of elements, padding not counted. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Size of the innermost dimension; 1 for a scalar. */
export function lastDim(shape: Shape): number {
  return shape.length === 0 ? 1 : shape[shape.length - 1];
}

/** Number of `vec4`s in one row of the innermost dimension. */
export function rowVec4s(shape: Shape): number {
  return Math.ceil(lastDim(shape) / 4);
}

/** Number of rows: the product of all dimensions but the innermost. */
export function rowCount(shape: Shape): number {
  return sizeOf(shape.slice(0, -1));
}

/** Number of `vec4`s the tensor occupies. */
export function vec4Count(shape: Shape): number {
  return rowCount(shape) * rowVec4s(shape);
}

/** Bytes the tensor occupies on the device; never 0, since WebGPU refuses to bind an empty buffer. */
export function byteSize(spec: Spec): number {
  return Math.max(1, vec4Count(spec.shape)) * 16;
}

/** "[128, 32, 32, 16]", as error messages and labels show it. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/**
 * The broadcast shape of two operands: dimensions are aligned at the innermost end and a dimension of 1 stretches to
 * the other's.
 *
 * @throws {RangeError} If a dimension differs and neither is 1.
 */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const out: number[] = [];
  for (let i = 0; i < rank; i++) {
    const m = a[a.length - rank + i] ?? 1;
    const n = b[b.length - rank + i] ?? 1;
    if (m !== n && m !== 1 && n !== 1) {
      throw new RangeError(
        `Cannot broadcast shapes: dimension ${i} differs, ${formatShape(a)} and ${formatShape(b)}`,
      );
    }
    out.push(m === 1 ? n : m);
  }
  return out;
}

/**
 * Copies unpadded row-major values into the padded layout; the padding of `out` is left as it is.
 *
 * @param data As many values as the shape has elements.
 * @param out At least `byteSize` bytes, zeroed.
 * @returns `out`.
 */
export function padRows<T extends Float32Array | Uint32Array>(data: T, shape: Shape, out: T): T {
  const c = lastDim(shape), stride = rowVec4s(shape) * 4, rows = rowCount(shape);
  if (c === stride) out.set(data);
  else for (let r = 0; r < rows; r++) for (let k = 0; k < c; k++) out[r * stride + k] = data[r * c + k];
  return out;
}

/**
 * Copies padded values back into row-major order without padding.
 *
 * @param data As a buffer of that shape holds them.
 * @param out As many values as the shape has elements.
 * @returns `out`.
 */
export function unpadRows<T extends Float32Array | Uint32Array>(data: T, shape: Shape, out: T): T {
  const c = lastDim(shape), stride = rowVec4s(shape) * 4, rows = rowCount(shape);
  if (c === stride) out.set(data.subarray(0, rows * c));
  else for (let r = 0; r < rows; r++) for (let k = 0; k < c; k++) out[r * c + k] = data[r * stride + k];
  return out;
}
