/** The window patterns of the Square Attack in L2. */

/**
 * The pattern of a window: its upper floor(side / 2) rows are a bump, the rows below minus a bump, each of L2 norm 1,
 * and the whole of norm 1. A bump of a x b pixels is the sum over r = 0 .. max(floor(a / 2), floor(b / 2)) of
 * 1 / (r + 1)^2 on the square of side 2r + 1 around (floor(a / 2), floor(b / 2)).
 *
 * Source: Andriushchenko et al. 2020, https://arxiv.org/abs/1912.00049, section 3.2 and supplement, as computed by
 * the official code. Departure: the caller transposes it at random.
 *
 * @returns [side, side], row-major.
 */
export function eta(side: number): Float64Array {
  const upper = Math.floor(side / 2);
  const pattern = new Float64Array(side * side);
  pattern.set(bump(upper, side));
  pattern.set(bump(side - upper, side).map((v) => -v), upper * side);
  return toUnit(pattern);
}

function bump(rows: number, columns: number): Float64Array {
  const [row, column] = [Math.floor(rows / 2), Math.floor(columns / 2)];
  const rings = Math.max(row, column) + 1;
  const values = Float64Array.from({ length: rows * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let r = Math.max(Math.abs(i - row), Math.abs(j - column)); r < rings; r++) sum += 1 / (r + 1) ** 2;
    return sum;
  });
  return toUnit(values);
}

function toUnit(values: Float64Array): Float64Array {
  const norm = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
  return values.map((v) => v / norm);
}
