import { assert, assertEquals, assertGreater, assertThrows } from "@std/assert";
import { matmulCases } from "./matmul_cases.ts";
import { type MatmulProblem, matmulSplits, matmulTiles, tileNamed } from "./matmul_tile.ts";

const SQUARE: MatmulProblem = {
  batch: 1,
  m: 1024,
  n: 1024,
  k: 1024,
  transposeA: false,
  transposeB: false,
  split: true,
  software: true,
};

Deno.test("matmulTiles() takes the largest tile for a large product", () => {
  assertEquals(matmulTiles({ ...SQUARE, transposeA: true })[0].name, "16x16");
  assertEquals(matmulTiles(SQUARE)[0].name, "12x16");
  const hardware = matmulTiles({ ...SQUARE, software: false }).map(({ name }) => name);
  assertEquals(hardware.slice(0, 4), ["shared 64x64", "shared 128x64", "shared 128x128", "8x8"]);
  assertEquals(matmulTiles({ ...SQUARE, m: 4096, n: 4096, software: false })[0].name, "shared 128x128");
});

Deno.test("matmulTiles() wastes little on a narrow product", () => {
  assertEquals(matmulTiles({ ...SQUARE, m: 65_536, n: 3, k: 8 })[0].cols, 4);
  assertEquals(matmulTiles({ ...SQUARE, m: 2, n: 65_536, k: 8 })[0].rows, 4);
  assert(matmulTiles({ ...SQUARE, n: 10, software: false }).every(({ shared }) => !shared));
});

Deno.test("matmulTiles() keeps fewer sums where both operands are transposed", () => {
  const tiles = matmulTiles({ ...SQUARE, transposeA: true, transposeB: true });
  assert(tiles.every(({ rows, cols }) => rows * cols <= 128));
});

Deno.test("matmulTiles() shares nothing on a software device, and offers five variants at most", () => {
  assert(matmulTiles(SQUARE).every(({ shared }) => !shared));
  assertEquals(matmulTiles(SQUARE).length, 5);
});

Deno.test("matmulSplits() splits a long sum that few would compute, and no short one", () => {
  const few = { ...SQUARE, m: 64, n: 64 };
  assertGreater(matmulSplits({ ...few, k: 65_536 }), 1);
  assertEquals(matmulSplits({ ...few, k: 100 }), 1);
  assertEquals(matmulSplits(SQUARE), 1);
});

Deno.test("matmulSplits() splits no sum where the number of rows must not change its order", () => {
  for (const m of [1, 64, 1000]) {
    assertEquals(matmulSplits({ ...SQUARE, m, n: 10, k: 2048, split: false }), 1);
  }
});

Deno.test("matmulTiles() copes with a product without elements", () => {
  assertEquals(matmulTiles({ ...SQUARE, batch: 0, m: 3, n: 5, k: 0 })[0].shared, false);
});

Deno.test("matmulTiles() takes the largest tile in a case of the product's suite", () => {
  const [a, b] = matmulCases().find((c) => c.name === "NT, largest tiles")!.inputs;
  const sizes = { m: a.shape[0], n: b.shape[0], k: a.shape[1], transposeB: true };
  assertEquals(matmulTiles({ ...SQUARE, ...sizes })[0].name, "16x16");
});

Deno.test("tileNamed() reads what matmulTiles() names, and nothing else", () => {
  assertEquals(tileNamed("shared 128x64"), { name: "shared 128x64", rows: 128, cols: 64, shared: true });
  assertThrows(() => tileNamed("square"), SyntaxError, '"square" names no tile');
});

Deno.test("matmulSplits() splits a sum that is longer than an invocation may run", () => {
  const long = { ...SQUARE, m: 4096, n: 4096, k: 1_000_000, transposeA: true };
  assertEquals(matmulSplits({ ...long, k: 4096 }), 1);
  assertEquals(matmulSplits(long), 17);
});
