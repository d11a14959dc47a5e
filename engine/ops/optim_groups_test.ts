import { assertEquals } from "@std/assert";
import { groupUpTo, itemsPerKernel } from "./optim_groups.ts";

const sizeOf = (item: number) => item;

Deno.test("groupUpTo() keeps to the number and to the size of a group", () => {
  assertEquals(groupUpTo([], { max: 2, maxSize: 9, sizeOf }), []);
  assertEquals(groupUpTo([0, 0, 0], { max: 2, maxSize: 9, sizeOf }), [[0, 0], [0]]);
  assertEquals(groupUpTo([4, 10, 5, 1, 1], { max: 9, maxSize: 9, sizeOf }), [[4, 5], [10], [1, 1]]);
});

Deno.test("itemsPerKernel() leaves one buffer for what all items share, and takes one item at least", () => {
  assertEquals([8, 10, 32, 1_000_000].map((n) => itemsPerKernel(n, { each: 4 })), [1, 2, 7, 7]);
  assertEquals([8, 32].map((n) => itemsPerKernel(n, { each: 7 })), [1, 4]);
  assertEquals(itemsPerKernel(4, { each: 4 }), 1);
});
