/**
 * Sizes at, around and away from the tiles of the matrix product.
 *
 * @module
 */

import type { OpCase } from "../graph/op.ts";
import { f32, type Shape } from "../arrays/shape.ts";
import type { MatmulAttrs } from "./matmul.ts";

const FORMS = [
  { form: "NN", transposeA: false, transposeB: false },
  { form: "NT", transposeA: false, transposeB: true },
  { form: "TN", transposeA: true, transposeB: false },
  { form: "TT", transposeA: true, transposeB: true },
];

const SIZES = [
  { name: "one element", m: 1, k: 1, n: 1 },
  { name: "below the tile", m: 3, k: 2, n: 3 },
  { name: "at a tile", m: 16, k: 8, n: 16 },
  { name: "above a tile", m: 17, k: 9, n: 17 },
  { name: "far from square", m: 5, k: 11, n: 38 },
  { name: "batched", lead: [2, 3], m: 5, k: 6, n: 7 },
  { name: "shared b", lead: [3], leadB: [], m: 6, k: 5, n: 9 },
  { name: "shared a", lead: [], leadB: [2, 2], m: 6, k: 5, n: 9 },
  { name: "long sum", lead: [2], m: 7, k: 259, n: 10 },
  { name: "long sum of rows", m: 7, k: 259, n: 10 },
  { name: "largest tiles", m: 397, k: 9, n: 330, large: true },
];

/** The cases of the product's suite. */
export function matmulCases(): OpCase<MatmulAttrs>[] {
  const cases: OpCase<MatmulAttrs>[] = FORMS.flatMap(({ form, transposeA, transposeB }) =>
    SIZES.map(({ name, m, k, n, lead = [], leadB = lead, large }) => ({
      name: `${form}, ${name}`,
      inputs: [
        f32(...lead, ...(transposeA ? [k, m] : [m, k])),
        f32(...leadB, ...(transposeB ? [n, k] : [k, n])),
      ],
      attrs: { transposeA, transposeB },
      large,
    }))
  );
  const plain = (name: string, a: Shape, b: Shape): OpCase<MatmulAttrs> => ({
    name,
    inputs: [f32(...a), f32(...b)],
    attrs: { transposeA: false, transposeB: false },
  });
  return [
    ...cases,
    { ...cases[2], name: "TN, summed over the batch", inputs: [f32(3, 4, 6), f32(3, 4, 5)], attrs: SUMMED },
    { ...cases[2], name: "TN, summed, without a batch", inputs: [f32(4, 6), f32(4, 5)], attrs: SUMMED },
    { ...cases[2], name: "TN, summed, split", inputs: [f32(2, 259, 7), f32(2, 259, 10)], attrs: SUMMED },
    plain("empty batch", [0, 3, 4], [4, 5]),
    plain("empty sum", [3, 0], [0, 5]),
    { ...plain("more than 65,535 workgroups", [4_194_305, 1, 1], [4_194_305, 1, 1]), large: true },
  ];
}

const SUMMED: MatmulAttrs = { transposeA: true, transposeB: false, sumBatch: true };
