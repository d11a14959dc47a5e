import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { f32, u32 } from "../../engine/arrays/shape.ts";
import { checkOp } from "../../engine/testing/check_op.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import {
  assertUniform,
  at,
  COUNT,
  EPS,
  HEIGHT,
  pixelsWhere,
  proposeForGrey,
  SIDE,
  WIDTH,
} from "./_proposing.ts";
import { eta } from "./eta.ts";
import { squarePatterns, squareProposeL2, squareProposeL2Op } from "./propose_l2.ts";
import type { ProposeAttrs, ProposeInputs } from "./proposal.ts";
import { Variable } from "../../engine/graph/tensor.ts";

checkOp(squareProposeL2Op);

const drawn = squarePatterns({ height: HEIGHT, width: WIDTH, levels: [{ from: 0, side: SIDE }] });
const patterns = new Variable("patterns", f32(drawn.length), drawn);
const propose = (inputs: ProposeInputs, attrs: ProposeAttrs) =>
  squareProposeL2({ ...inputs, patterns }, attrs);

gpuTest(
  "squareProposeL2() paints windows uniformly, but never last, signed and turned at random",
  async (gpu) => {
    const found = await proposeForGrey(gpu, { iteration: 1, propose });
    const pattern = eta(SIDE);
    const tops: number[] = [], lefts: number[] = [], coins: number[] = [];
    for (let b = 0; b < COUNT; b++) {
      const { rows, columns } = pixelsWhere(found, { example: b, test: (v) => v !== 0 });
      const [top, left] = [Math.min(...rows), Math.min(...columns)], value = at(found, b);
      assertEquals(rows.length, SIDE * SIDE);
      // All of the norm in one window, the same share for each channel. The corners off the diagonal tell what is turned.
      const turned = Math.sign(value(top, left, 0)) !== Math.sign(value(top, left + 2, 0));
      const signs = [0, 1, 2].map((c) => Math.sign(value(top, left, c)) * Math.sign(pattern[0]));
      for (let at = 0; at < SIDE * SIDE; at++) {
        const [i, j] = [Math.floor(at / SIDE), at % SIDE];
        const v = pattern[turned ? j * SIDE + i : at];
        for (const c of [0, 1, 2]) {
          assertAlmostEquals(value(top + i, left + j, c), signs[c] * v * EPS / Math.sqrt(3), 1e-6);
        }
      }
      tops.push(top);
      lefts.push(left);
      coins.push(signs.reduce((sum, s, c) => sum + (s > 0 ? 2 ** c : 0), turned ? 8 : 0));
    }
    assertUniform("rows", tops, HEIGHT - SIDE);
    assertUniform("columns", lefts, WIDTH - SIDE);
    assertUniform("signs and turns", coins, 16);
  },
);

gpuTest("squareProposeL2() empties a second window, placed like the first", async (gpu) => {
  const found = await proposeForGrey(gpu, { iteration: 1, delta: 0.001, propose });
  const tops: number[] = [], lefts: number[] = [];
  for (let b = 0; b < COUNT; b++) {
    const { rows, columns } = pixelsWhere(found, { example: b, test: (v) => v === 0 });
    assert(rows.length <= SIDE * SIDE);
    // Where the windows do not overlap, the second is seen whole.
    if (rows.length < SIDE * SIDE) continue;
    assertEquals([Math.max(...rows) - Math.min(...rows), Math.max(...columns) - Math.min(...columns)], [
      2,
      2,
    ]);
    tops.push(Math.min(...rows));
    lefts.push(Math.min(...columns));
  }
  assert(tops.length > COUNT / 2);
  assertEquals(new Set(tops), new Set([0, 1, 2, 3, 4, 5]));
  assertEquals(new Set(lefts), new Set([0, 1, 2, 3, 4, 5, 6, 7]));
});

gpuTest("squareProposeL2() starts from tiles of random signs, at a distance of eps", async (gpu) => {
  const found = await proposeForGrey(gpu, { iteration: 0, propose });
  const signs: number[] = [];
  const size = HEIGHT * WIDTH * 3;
  for (let b = 0; b < COUNT; b++) {
    const moved = found.subarray(b * size, (b + 1) * size), value = at(found, b);
    assertAlmostEquals(Math.hypot(...moved), EPS, 1e-6);
    // Tiles of one pixel: each number is a sign times the same length.
    for (const v of moved) assertAlmostEquals(Math.abs(v), EPS / Math.sqrt(size), 1e-6);
    for (const [i, j] of [[0, 0], [4, 7], [HEIGHT - 1, WIDTH - 1]]) {
      signs.push([0, 1, 2].reduce((sum, c) => sum + (value(i, j, c) > 0 ? 2 ** c : 0), 0));
    }
  }
  assertUniform("signs", signs, 8);
});

Deno.test("squareProposeL2() refuses patterns of other windows", () => {
  const attrs = { eps: 0.1, levels: [{ from: 0, side: 3 }], iterations: 2, key: [1, 2] as const };
  const image = f32(2, 4, 4, 3);
  assertThrows(
    () => squareProposeL2Op.shape([image, image, u32(2, 4), u32(2), f32(9)], attrs),
    RangeError,
    "expected patterns of [10], got [9]",
  );
});
