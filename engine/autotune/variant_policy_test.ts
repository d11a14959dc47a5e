import { assertEquals } from "@std/assert";
import {
  autotuned,
  firstVariant,
  pinnedVariants,
  type VariantRequest,
  type VariantTimes,
} from "./variant_policy.ts";

/** A request whose variants take the given milliseconds; `timed` lists those that were timed. */
function requestOf(times: Record<string, number>, own: Partial<VariantRequest> = {}) {
  const timed: string[] = [];
  const request: VariantRequest = {
    op: "conv2d",
    key: "conv2d 1x2x2x4",
    variants: Object.keys(times),
    flops: 1e9,
    version: () => "1",
    time: (name) => {
      timed.push(name);
      return Promise.resolve(times[name]);
    },
    ...own,
  };
  return { request, timed };
}

/** Timings in memory. */
function memory(): VariantTimes & { all: Map<string, Readonly<Record<string, number>>> } {
  const all = new Map<string, Readonly<Record<string, number>>>();
  return { all, get: (key) => all.get(key), set: (key, times) => void all.set(key, times) };
}

Deno.test("firstVariant() chooses the best guess and times nothing", async () => {
  const { request, timed } = requestOf({ slow: 2, fast: 1 });
  assertEquals([await firstVariant(request), timed], ["slow", []]);
});

Deno.test("pinnedVariants() chooses the pinned variant, and asks the others where it is not offered", async () => {
  const { request } = requestOf({ a: 1, b: 2 });
  assertEquals(await pinnedVariants({ conv2d: "b" })(request), "b");
  assertEquals(await pinnedVariants({ conv2d: "c" })(request), "a");
  assertEquals(await pinnedVariants({ matmul: "b" })(request), "a");
  assertEquals(await pinnedVariants({ matmul: "b" }, () => Promise.resolve("other"))(request), "other");
});

Deno.test("autotuned() chooses the fastest variant and times each shape once", async () => {
  const times = memory(), choose = autotuned(times);
  const first = requestOf({ slow: 3, fast: 1, middle: 2 }),
    again = requestOf({ slow: 0, fast: 9, middle: 9 });
  assertEquals(await choose(first.request), "fast");
  assertEquals(first.timed, ["slow", "fast", "middle"]);
  assertEquals([await choose(again.request), again.timed], ["fast", []]);
  assertEquals(times.all.size, 1);
});

Deno.test("autotuned() chooses the best guess where two variants are as fast", async () => {
  assertEquals(await autotuned(memory())(requestOf({ a: 1, b: 1 }).request), "a");
});

Deno.test("autotuned() does not time small work", async () => {
  const { request, timed } = requestOf({ slow: 2, fast: 1 }, { flops: 1e6 });
  assertEquals([await autotuned(memory())(request), timed], ["slow", []]);
});

Deno.test("autotuned() times again when there is a new variant, or the kernels are others", async () => {
  const choose = autotuned(memory());
  await choose(requestOf({ a: 1, b: 2 }).request);
  const more = requestOf({ a: 3, b: 2, c: 1 });
  assertEquals([await choose(more.request), more.timed], ["c", ["a", "b", "c"]]);
  const changed = requestOf({ a: 1, b: 2, c: 3 }, { version: () => "2" });
  assertEquals([await choose(changed.request), changed.timed], ["a", ["a", "b", "c"]]);
});
