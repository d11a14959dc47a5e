import { assertEquals, assertLess, assertThrows } from "@std/assert";
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
import { squareProposeLinf, squareProposeLinfOp } from "./propose_linf.ts";

checkOp(squareProposeLinfOp);

const propose = squareProposeLinf;

gpuTest(
  "squareProposeLinf() places windows uniformly, but never last, with a sign per channel",
  async (gpu) => {
    const found = await proposeForGrey(gpu, { iteration: 1, propose });
    const tops: number[] = [], lefts: number[] = [], signs: number[] = [], places: number[] = [];
    for (let b = 0; b < COUNT; b++) {
      const { rows, columns } = pixelsWhere(found, { example: b, test: (v) => v !== 0 });
      const [top, left] = [Math.min(...rows), Math.min(...columns)], value = at(found, b);
      assertEquals(rows.length, SIDE * SIDE);
      for (const [k, i] of rows.entries()) {
        for (const c of [0, 1, 2]) assertEquals(value(i, columns[k], c), value(top, left, c));
      }
      assertEquals([0, 1, 2].map((c) => Math.abs(value(top, left, c))), [EPS, EPS, EPS]);
      tops.push(top);
      lefts.push(left);
      places.push(top * (WIDTH - SIDE) + left);
      signs.push([0, 1, 2].reduce((sum, c) => sum + (value(top, left, c) > 0 ? 2 ** c : 0), 0));
    }
    assertUniform("rows", tops, HEIGHT - SIDE);
    assertUniform("columns", lefts, WIDTH - SIDE);
    assertUniform("places", places, (HEIGHT - SIDE) * (WIDTH - SIDE));
    assertUniform("signs", signs, 8);
  },
);

gpuTest("squareProposeLinf() draws anew at every iteration and in every run", async (gpu) => {
  const first = await proposeForGrey(gpu, { iteration: 1, propose });
  const others = [
    await proposeForGrey(gpu, { iteration: 2, propose }),
    await proposeForGrey(gpu, { iteration: 1, run: 1, propose }),
  ];
  for (const other of others) {
    const same = Array.from({ length: COUNT }, (_, b) => {
      const [a, z] = [first, other].map((f) => pixelsWhere(f, { example: b, test: (v) => v !== 0 }).rows[0]);
      return Number(a === z);
    });
    // One of as many rows as there are, within five standard deviations.
    const rate = 1 / (HEIGHT - SIDE), rows = same.reduce((a, b) => a + b, 0);
    assertLess(Math.abs(rows - COUNT * rate), 5 * Math.sqrt(COUNT * rate * (1 - rate)));
  }
});

gpuTest("squareProposeLinf() starts from vertical stripes of random signs", async (gpu) => {
  const found = await proposeForGrey(gpu, { iteration: 0, propose });
  const signs: number[] = [];
  for (let b = 0; b < COUNT; b++) {
    const value = at(found, b);
    for (let j = 0; j < WIDTH; j++) {
      for (const c of [0, 1, 2]) {
        assertEquals(Math.abs(value(0, j, c)), EPS);
        for (let i = 1; i < HEIGHT; i++) assertEquals(value(i, j, c), value(0, j, c));
      }
      signs.push([0, 1, 2].reduce((sum, c) => sum + (value(0, j, c) > 0 ? 2 ** c : 0), 0));
    }
  }
  assertUniform("signs", signs, 8);
  const pairs = signs.flatMap((s, k) => k % WIDTH === 0 ? [] : [(s & 1) + 2 * (signs[k - 1] & 1)]);
  assertUniform("neighbours", pairs, 4);
});

Deno.test("squareProposeLinf() refuses shapes that do not fit together", () => {
  const attrs = { eps: 0.1, levels: [{ from: 0, side: 3 }], iterations: 2, key: [1, 2] as const };
  const image = f32(2, 4, 4, 3);
  const check = (inputs: Parameters<typeof squareProposeLinfOp.shape>[0], message: string) =>
    assertThrows(() => squareProposeLinfOp.shape(inputs, attrs), RangeError, message);
  check([image, f32(2, 4, 5, 3), u32(2, 4), u32(2)], "got f32 [2, 4, 4, 3], f32 [2, 4, 5, 3]");
  check([image, image, f32(2, 4), u32(2)], "f32 [2, 4], u32 [2]");
  check([image, image, u32(2, 4), u32(3)], "u32 [2, 4], u32 [3]");
  check([f32(2, 4, 4, 5), f32(2, 4, 4, 5), u32(2, 4), u32(2)], "at most 4 channels");
  check([f32(2, 2, 4, 3), f32(2, 2, 4, 3), u32(2, 4), u32(2)], "larger than the image, 3 pixels in 2 x 4");
});
