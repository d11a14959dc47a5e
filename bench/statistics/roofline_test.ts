import { assertAlmostEquals, assertEquals } from "@std/assert";

import { bandwidth, type KernelWork, medianCeilings, standingOf } from "./roofline.ts";

const KERNEL: KernelWork = {
  flops: 1e9,
  bytes: 1e8,
  dispatches: 2,
  samplesMs: [30, 20, 10],
};
const CEILINGS = { arithmetic: 100, copy: 5, read: 8, texture: 20, dispatch: 50 };

Deno.test("bandwidth() is that of the fastest way to memory", () => {
  assertEquals([bandwidth(CEILINGS), bandwidth({ read: 3 }), bandwidth({ arithmetic: 9 })], [20, 3, 0]);
});

Deno.test("medianCeilings() takes each ceiling's median", () => {
  assertEquals(medianCeilings([{ name: "copy", samples: [1, 9, 4] }]), { copy: 4 });
});

Deno.test("standingOf() finds the bound that takes longest, and the share of the time it explains", () => {
  const { ms, gflops, gbPerSecond, intensity, bound, share } = standingOf(KERNEL, CEILINGS)!;
  assertEquals([ms, gflops, gbPerSecond, intensity, bound], [20, 50, 5, 10, "arithmetic"]);
  assertAlmostEquals(share, 10 / 20);
  const moved = standingOf({ ...KERNEL, bytes: 3e8 }, CEILINGS)!;
  assertEquals(moved.bound, "memory");
  assertAlmostEquals(moved.share, 15 / 20);
  const tiny = standingOf({ ...KERNEL, flops: 1e5, bytes: 1e3, samplesMs: [0.2] }, CEILINGS)!;
  assertEquals(tiny.bound, "dispatch");
  assertAlmostEquals(tiny.share, 0.1 / 0.2);
});

Deno.test("standingOf() says nothing without ceilings", () => {
  assertEquals(standingOf(KERNEL, { arithmetic: 100 }), null);
  assertEquals(standingOf(KERNEL, { copy: 10 }), null);
});
