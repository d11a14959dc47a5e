import { assertEquals } from "@std/assert";
import { MAX_LOOP_ITERATIONS } from "../graph/op.ts";
import { planRowSums } from "./row_sums.ts";

const software = { software: true, storageBuffers: 8 }, hardware = { software: false, storageBuffers: 8 };

Deno.test("planRowSums() takes one stage for few rows, and for more of them where invocations gain little", () => {
  assertEquals(planRowSums([2, 3, 5], hardware), { ROWS: 6, C4: 2, PART: 8, SPLITS: 0 });
  assertEquals(planRowSums([4096, 8], software).SPLITS, 0);
  assertEquals(planRowSums([4096, 8], hardware), { ROWS: 4096, C4: 2, PART: 8, SPLITS: 512 });
});

Deno.test("planRowSums() covers all rows with its parts", () => {
  for (const rows of [2 ** 17 + 1, 100_003]) {
    const { ROWS, PART, SPLITS } = planRowSums([rows, 4 * 3], software);
    assertEquals(ROWS, rows);
    assertEquals(Math.ceil(ROWS / PART), SPLITS);
  }
});

Deno.test("planRowSums() keeps an invocation below the rounds that a software adapter runs", () => {
  const { PART } = planRowSums([512 * 512 * 512, 64], software);
  assertEquals(PART, MAX_LOOP_ITERATIONS);
});
