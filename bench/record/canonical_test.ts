import { assertEquals, assertNotEquals } from "@std/assert";
import { canonicalRecord, timelessMetrics } from "./canonical.ts";
import { sealed } from "../records/seal.ts";
import { fakeRecord } from "../testing.ts";

Deno.test("canonicalRecord() leaves out run ids, times, speed and ways of computing, and nothing else", () => {
  const metrics = { cleanAccuracy: { value: 0.5, unit: "fraction" }, peakBytes: { value: 9, unit: "bytes" } };
  const first = fakeRecord({
    variants: { conv2d: "a" },
    metrics: { ...metrics, imagesPerSecond: { value: 100, unit: "images/s" } },
  });
  const second = sealed(fakeRecord({
    runId: "small-2",
    reusedFrom: "small-1",
    startedAt: "2027-01-01T00:00:00.000Z",
    durationMs: 5,
    variants: { conv2d: "b" },
    metrics: {
      ...metrics,
      imagesPerSecond: { value: 50, unit: "images/s" },
      stepMs: { value: 1, unit: "ms" },
    },
  }));
  assertEquals(canonicalRecord(first), canonicalRecord(second));
  assertEquals(canonicalRecord(first).metrics, metrics);
  const dropped = Object.keys(second).filter((key) => !(key in canonicalRecord(second))).sort();
  assertEquals(
    dropped,
    ["jobs", "reusedFrom", "runId", "sha256", "startedAt", "durationMs", "timings", "variants"].sort(),
  );
});

Deno.test("canonicalRecord() keeps a difference in accuracy", () => {
  const withAccuracy = (value: number) =>
    canonicalRecord(fakeRecord({ metrics: { cleanAccuracy: { value, unit: "fraction" } } }));
  assertNotEquals(withAccuracy(0.5), withAccuracy(0.501));
});

Deno.test("timelessMetrics() counts operations, but not those of AutoAttack, whose number follows the clock", () => {
  const flops = { value: 7, unit: "1" }, accuracy = { value: 0.5, unit: "fraction" };
  assertEquals(timelessMetrics({ flops, accuracy, imagesPerSecond: { value: 3, unit: "images/s" } }), {
    flops,
    accuracy,
  });
  const autoAttackAccuracy = accuracy;
  assertEquals(timelessMetrics({ flops, autoAttackAccuracy }), { autoAttackAccuracy });
});
