/** Closeness of arrays, with a failure that says where and by how much. */

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
