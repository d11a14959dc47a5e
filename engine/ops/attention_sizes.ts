/** Memory layout of attention heads, and the division of work. */

import { formatShape, rowVec4s, type Shape, type Spec } from "../arrays/shape.ts";

/** Settings of attention. */
export interface AttentionAttrs {
  readonly [key: string]: unknown;
  readonly heads: number;
}

/** Sizes of one attention. */
export interface AttentionSizes {
  readonly batch: number;
  /** Number of queries, and of keys, per example. */
  readonly queries: number;
  readonly keys: number;
  readonly heads: number;
  /** Length of one head's vectors. */
  readonly size: number;
  /** The same in vec4s. */
  readonly vec4s: number;
}

/**
 * Sizes from the shapes of q, k and v: [B, T, D] where heads begin at whole vec4s, or [B, T, heads, D / heads].
 *
 * @throws {RangeError} If they do not fit together.
 */
export function attentionSizes([q, k, v]: readonly Spec[], { heads }: AttentionAttrs): AttentionSizes {
  const alike = q.shape.length === k.shape.length && String(k.shape) === String(v.shape) &&
    q.shape.every((n, d) => d === 1 || n === k.shape[d]);
  if (!alike || q.shape.length < 3 || q.shape.length > 4 || q.shape.length === 4 && q.shape[2] !== heads) {
    throw new RangeError(
      `Cannot attend: expected queries [B, T, D], keys and values [B, U, D], got ${
        [q, k, v].map(({ shape }) => formatShape(shape)).join(", ")
      }`,
    );
  }
  const size = headSize(q.shape, heads);
  if (q.shape[1] === 0 || k.shape[1] === 0 || size === 0) {
    throw new RangeError(
      `Cannot attend: expected queries and keys, got ${formatShape(q.shape)} and ${formatShape(k.shape)}`,
    );
  }
  if (q.shape.length === 3 && !headsAligned(q.shape, heads)) {
    throw new RangeError(
      `Cannot attend: ${heads} heads of ${formatShape(q.shape)} do not begin at whole vec4s`,
    );
  }
  return {
    batch: q.shape[0],
    queries: q.shape[1],
    keys: k.shape[1],
    heads,
    size,
    vec4s: rowVec4s([size]),
  };
}

/** Whether the heads of [B, T, D] begin at whole vec4s. */
export function headsAligned(shape: Shape, heads: number): boolean {
  return heads === 1 || headSize(shape, heads) % 4 === 0;
}

/**
 * Length of one head's vectors.
 *
 * @throws {RangeError} If the heads do not divide D.
 */
export function headSize(shape: Shape, heads: number): number {
  if (shape.length === 4) return shape[3];
  const dim = shape[shape.length - 1];
  if (!Number.isSafeInteger(heads) || heads < 1 || dim % heads !== 0) {
    throw new RangeError(`Cannot attend: ${heads} heads do not divide ${dim} features`);
  }
  return dim / heads;
}

/**
 * Rows that one invocation owns: as many as `max` vec4s hold, up to eight, without leaving many idle at the end.
 */
export function rowsPerLane(rows: number, { vec4s, max }: { vec4s: number; max: number }): number {
  const fits = Math.max(1, Math.min(8, Math.floor(max / vec4s), rows));
  return Math.ceil(rows / Math.ceil(rows / fits));
}
