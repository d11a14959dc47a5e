import { assertEquals } from "@std/assert";
import {
  type ChoiceRequest,
  type ChoiceTimes,
  chooseFirst,
  choosePinned,
  chooseTimed,
} from "./variant_policy.ts";

/** A question whose candidates take the given milliseconds; `timed` lists those that were timed. */
function question(times: Record<string, number>, own: Partial<ChoiceRequest> = {}) {
  const timed: string[] = [];
  const request: ChoiceRequest = {
    op: "conv2d",
    key: "conv2d 1x2x2x4",
    candidates: Object.keys(times),
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
function memory(): ChoiceTimes & { all: Map<string, Readonly<Record<string, number>>> } {
  const all = new Map<string, Readonly<Record<string, number>>>();
  return { all, get: (key) => all.get(key), set: (key, times) => void all.set(key, times) };
}

Deno.test("chooseFirst() takes the best guess and times nothing", async () => {
  const { request, timed } = question({ slow: 2, fast: 1 });
  assertEquals([await chooseFirst(request), timed], ["slow", []]);
});

Deno.test("choosePinned() takes the pinned way, and asks the others where it is not offered", async () => {
  const { request } = question({ a: 1, b: 2 });
  assertEquals(await choosePinned({ conv2d: "b" })(request), "b");
  assertEquals(await choosePinned({ conv2d: "c" })(request), "a");
  assertEquals(await choosePinned({ matmul: "b" })(request), "a");
  assertEquals(await choosePinned({ matmul: "b" }, () => Promise.resolve("other"))(request), "other");
});

Deno.test("chooseTimed() takes the fastest way and times each shape once", async () => {
  const times = memory(), choose = chooseTimed(times);
  const first = question({ slow: 3, fast: 1, middle: 2 }), again = question({ slow: 0, fast: 9, middle: 9 });
  assertEquals(await choose(first.request), "fast");
  assertEquals(first.timed, ["slow", "fast", "middle"]);
  assertEquals([await choose(again.request), again.timed], ["fast", []]);
  assertEquals(times.all.size, 1);
});

Deno.test("chooseTimed() takes the best guess where two ways are as fast", async () => {
  assertEquals(await chooseTimed(memory())(question({ a: 1, b: 1 }).request), "a");
});

Deno.test("chooseTimed() does not time small work", async () => {
  const { request, timed } = question({ slow: 2, fast: 1 }, { flops: 1e6 });
  assertEquals([await chooseTimed(memory())(request), timed], ["slow", []]);
});

Deno.test("chooseTimed() times again when there is a new candidate, or the kernels are others", async () => {
  const choose = chooseTimed(memory());
  await choose(question({ a: 1, b: 2 }).request);
  const more = question({ a: 3, b: 2, c: 1 });
  assertEquals([await choose(more.request), more.timed], ["c", ["a", "b", "c"]]);
  const changed = question({ a: 1, b: 2, c: 3 }, { version: () => "2" });
  assertEquals([await choose(changed.request), changed.timed], ["a", ["a", "b", "c"]]);
});
