/** Closeness of arrays, with a failure that says where and by how much. */

import type { HostData } from "../graph/tensor.ts";

/** |a - b| <= atol + rtol * |b|. */
export interface Tolerance {
  readonly atol: number;
  readonly rtol: number;
}

/** Throws if any element differs by more than the tolerance, naming the worst one. */
export function assertClose(
  label: string,
  found: ArrayLike<number>,
  { expected, atol, rtol }: Tolerance & { expected: ArrayLike<number> },
): void {
  if (found.length !== expected.length) {
    throw new Error(`${label}: ${found.length} values found, ${expected.length} expected`);
  }
  let worst = -1, worstExcess = 0, count = 0;
  for (let i = 0; i < found.length; i++) {
    if (found[i] === expected[i]) continue;
    const error = Math.abs(found[i] - expected[i]);
    const excess = error / (atol + rtol * Math.abs(expected[i]));
    if (excess <= 1) continue;
    count++;
    if (worst === -1 || !(excess <= worstExcess)) [worst, worstExcess] = [i, excess];
  }
  if (worst === -1) return;
  throw new Error(
    `${label}: ${count} of ${found.length} values differ, worst at ${worst}: ` +
      `found ${found[worst]}, expected ${expected[worst]} (atol ${atol}, rtol ${rtol})`,
  );
}

/** Throws if any element differs in any bit, naming the first one. */
export function assertSameBits(label: string, found: HostData, expected: HostData): void {
  if (found.length !== expected.length) {
    throw new Error(`${label}: ${found.length} values found, ${expected.length} expected`);
  }
  const expectedBits = bitsOf(expected);
  const at = bitsOf(found).findIndex((bits, i) => bits !== expectedBits[i]);
  if (at !== -1) {
    throw new Error(`${label}: bits differ at ${at}, found ${found[at]}, expected ${expected[at]}`);
  }
}

function bitsOf({ buffer, byteOffset, length }: HostData): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length);
}
