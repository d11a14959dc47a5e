/** Positions of patches, as fixed sines and cosines. */

import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";

/**
 * A table [rows * columns, dim] to add to the tokens of an image's patches, row by row; a setting, not a weight. With
 * n = dim / 4 and w(k) = 10000^(-k / n), a patch at (row, column) has sin(column w(k)), cos(column w(k)),
 * sin(row w(k)), cos(row w(k)), each for k = 0 ... n - 1. Source: `get_2d_sincos_pos_embed` of MAE's code,
 * https://github.com/facebookresearch/mae, util/pos_embed.py.
 *
 * @param name Names the variable.
 * @param dim A multiple of 4.
 * @throws {RangeError} If `dim` is not a multiple of 4.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { positionEmbedding } from "./position_embedding.ts";
 *
 * const table = positionEmbedding("positions", { rows: 1, columns: 2, dim: 4 });
 * const values = [0, 1, 0, 1, Math.sin(1), Math.cos(1), 0, 1];
 * assertEquals([...table.initial], [...Float32Array.from(values)]);
 * ```
 */
export function positionEmbedding(
  name: string,
  { rows, columns, dim }: { readonly rows: number; readonly columns: number; readonly dim: number },
): Variable {
  const n = dim / 4;
  if (!Number.isSafeInteger(n) || n < 1) {
    throw new RangeError(`Cannot embed positions: the dimension must be a multiple of 4, got ${dim}`);
  }
  const table = new Float32Array(rows * columns * dim);
  for (let t = 0; t < rows * columns; t++) {
    for (let k = 0; k < n; k++) {
      const frequency = 10_000 ** (-k / n);
      const [across, down] = [t % columns * frequency, Math.floor(t / columns) * frequency];
      const values = [Math.sin(across), Math.cos(across), Math.sin(down), Math.cos(down)];
      values.forEach((value, part) => table[t * dim + part * n + k] = value);
    }
  }
  return new Variable(name, f32(rows * columns, dim), table);
}
