import { assertEquals, assertGreater } from "@std/assert";
import { matmulCases } from "./matmul_cases.ts";
import { matmulTile } from "./matmul_tile.ts";

Deno.test("matmulTile() takes the largest tile for a large product", () => {
  const large = { batch: 1, m: 1024, n: 1024, k: 1024, split: true };
  assertEquals(matmulTile({ ...large, software: true }), { rows: 16, cols: 16, splits: 1 });
  assertEquals(matmulTile({ ...large, software: false }), { rows: 8, cols: 8, splits: 1 });
});

Deno.test("matmulTile() wastes little on a narrow product", () => {
  assertEquals(matmulTile({ batch: 1, m: 65_536, n: 3, k: 8, split: true, software: true }).cols, 4);
  assertEquals(matmulTile({ batch: 1, m: 2, n: 65_536, k: 8, split: true, software: true }).rows, 4);
});

Deno.test("matmulTile() splits a long sum that few would compute, and no short one", () => {
  const few = { batch: 1, m: 64, n: 64, split: true, software: true };
  assertGreater(matmulTile({ ...few, k: 65_536 }).splits, 1);
  assertEquals(matmulTile({ ...few, k: 100 }).splits, 1);
});

Deno.test("matmulTile() splits no sum where the number of rows must not change its order", () => {
  for (const m of [1, 64, 1000]) {
    assertEquals(matmulTile({ batch: 1, m, n: 10, k: 2048, split: false, software: true }).splits, 1);
  }
});

Deno.test("matmulTile() copes with a product without elements", () => {
  assertEquals(matmulTile({ batch: 0, m: 3, n: 5, k: 0, split: true, software: true }).splits, 1);
});

Deno.test("matmulTile() takes the largest tile in a case of the product's suite", () => {
  const [a, b] = matmulCases().find((c) => c.name === "NN, largest tiles")!.inputs;
  const sizes = { batch: 1, m: a.shape[0], n: b.shape[1], k: a.shape[1], split: true };
  assertEquals(matmulTile({ ...sizes, software: true }), { rows: 16, cols: 16, splits: 1 });
});
