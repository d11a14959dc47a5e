import { assertEquals, assertLess, assertNotEquals, assertThrows } from "@std/assert";
import { philox4x32, stream, type U32x2, type U32x4, uniform01 } from "./random.ts";

// Known answers of the authors' library: Random123, tests/kat_vectors, lines "philox4x32 10".
const KNOWN: readonly { counter: U32x4; key: U32x2; out: U32x4 }[] = [
  {
    counter: [0, 0, 0, 0],
    key: [0, 0],
    out: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    out: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    out: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
];

Deno.test("philox4x32() reproduces the known-answer vectors of Random123", () => {
  for (const { counter, key, out } of KNOWN) assertEquals(philox4x32(counter, key), out);
});

Deno.test("stream() is a function of seed and purpose", () => {
  assertEquals(stream(1, "a").key, stream(1, "a").key);
  const keys = [stream(0, "a"), stream(1, "a"), stream(2 ** 32, "a"), stream(0, "b"), stream(0, "")];
  assertEquals(new Set(keys.map((s) => s.key.join())).size, keys.length);
});

Deno.test("stream() keeps its keys from version to version", () => {
  assertEquals(stream(0, "init").bits(1, 2, 3), philox4x32([2, 1, 3, 0], stream(0, "init").key));
  assertEquals(stream(0, "init").key, [3290559980, 1850431413]);
});

Deno.test("stream() rejects a seed or counter outside its range", () => {
  assertThrows(() => stream(-1, "a"), RangeError, "Cannot make a random stream");
  assertThrows(() => stream(0.5, "a"), RangeError, "it is 0.5");
  assertThrows(() => stream(0, "a").bits(-1, 0), RangeError, "step must be");
  assertThrows(() => stream(0, "a").bits(0, 2 ** 32), RangeError, "example must be");
  assertThrows(() => stream(0, "a").below(0, { step: 0, example: 0 }), RangeError, "the bound must be");
});

Deno.test("Stream.fillUniform() and fillNormal() give the values uniform() and normal() give", () => {
  const s = stream(3, "fill");
  for (const length of [0, 1, 2, 3, 4, 5, 9]) {
    const u = s.fillUniform(7, new Float32Array(length), { example: 5 });
    const n = s.fillNormal(7, new Float32Array(length), { example: 5 });
    for (let i = 0; i < length; i++) {
      assertEquals(u[i], s.uniform(7, 5, i));
      assertEquals(n[i], s.normal(7, 5, i));
    }
  }
});

Deno.test("uniform01() is below 1 and exact in float32", () => {
  assertEquals(uniform01(0xffffffff), 1 - 2 ** -24);
  assertEquals(Math.fround(uniform01(0xffffffff)), uniform01(0xffffffff));
  assertEquals(uniform01(0xff), 0);
});

Deno.test("Stream.fillNormal() has the moments of a standard normal", () => {
  const n = 100_000;
  const x = stream(0, "moments").fillNormal(0, new Float32Array(n));
  const moment = (p: number) => x.reduce((sum, v) => sum + v ** p, 0) / n;
  // Five standard errors: sqrt(Var(x^p) / n) with Var = 1, 2, 15, 96.
  for (const [p, expected, variance] of [[1, 0, 1], [2, 1, 2], [3, 0, 15], [4, 3, 96]]) {
    assertLess(Math.abs(moment(p) - expected), 5 * Math.sqrt(variance / n));
  }
});

Deno.test("Stream.permutation() holds every index once and differs by step", () => {
  for (const n of [0, 1, 2, 5, 1000]) {
    const p = stream(0, "order").permutation(0, n);
    assertEquals([...p].sort((a, b) => a - b), Array.from({ length: n }, (_, i) => i));
  }
  assertNotEquals(stream(0, "order").permutation(0, 1000), stream(0, "order").permutation(1, 1000));
});

Deno.test("Stream.permutation() takes every order of three equally often", () => {
  const counts = new Map<string, number>();
  for (let step = 0; step < 6000; step++) {
    const order = stream(0, "orders").permutation(step, 3).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assertEquals(counts.size, 6);
  for (const count of counts.values()) assertLess(Math.abs(count - 1000), 5 * Math.sqrt(6000 * 5 / 36));
});

Deno.test("Stream.permutation() shuffles 50,000 indices in well under a second", () => {
  const start = performance.now();
  stream(0, "order").permutation(0, 50_000);
  assertLess(performance.now() - start, 500);
});
