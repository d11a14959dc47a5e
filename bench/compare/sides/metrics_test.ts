import { assertEquals } from "@std/assert";
import type { FrameworkRow, PeersRecord } from "../../records/peers_record.ts";
import { fakePerfRecord } from "../../perf/testing.ts";
import { fakeRecord, NO_HASH } from "../../testing.ts";
import { cellMetrics, peersMetrics, perfMetrics } from "./metrics.ts";

Deno.test("perfMetrics() names every quantity once and knows which way is better", () => {
  assertEquals(
    perfMetrics(fakePerfRecord()).map(({ name, unit, better }) => `${name}: ${unit}, ${better}`),
    [
      "ceilings / arithmetic: GFLOP/s, more",
      "ceilings / copy: GB/s, more",
      "ceilings / dispatch: us, less",
      "kernels / matmul: ms, less",
      "kernels / add: ms, less",
      "training / resnet8: ms, less",
      "attacks / PGD: ms, less",
      "start / cold: ms, less",
      "start / second: ms, less",
      "start / warm: ms, less",
      "peak memory / resnet8: bytes, less",
    ],
  );
  assertEquals(perfMetrics(fakePerfRecord({ start: null, kernels: [] })).length, 6);
});

Deno.test("peersMetrics() takes every peer's times and leaves out what failed", () => {
  const row: FrameworkRow = {
    workload: "step",
    framework: "ours",
    steps: 1,
    samplesMs: [3, 4],
    checks: {},
    ratio: null,
    reason: null,
    notes: [],
  };
  const record = { rows: [row, { ...row, framework: "other", samplesMs: [] }] } as unknown as PeersRecord;
  assertEquals(
    peersMetrics(record).map(({ name, unit, better, samples }) => ({ name, unit, better, samples })),
    [
      { name: "step / ours", unit: "ms", better: "less", samples: [3, 4] },
    ],
  );
});

Deno.test("cellMetrics() takes accuracies, rates and memory, with the images behind them", () => {
  const fraction = (value: number) => ({ value, unit: "fraction" });
  const record = fakeRecord({
    config: { dataset: { testSize: 1000 }, evaluation: { autoAttack: { images: 128 } } },
    metrics: {
      cleanAccuracy: fraction(0.5),
      autoAttackAccuracy: fraction(0.25),
      chance: fraction(0.1),
      trainLoss: { value: 2, unit: "1" },
      imagesPerSecond: { value: 300, unit: "images/s" },
      peakBytes: { value: 1024, unit: "bytes" },
    },
    artifacts: [{ kind: "outcomes", path: "artifacts/a/outcomes.safetensors", sha256: NO_HASH }],
  });
  const outcomes = (tensor: string) => ({
    path: "run/artifacts/a/outcomes.safetensors",
    sha256: NO_HASH,
    tensor,
  });
  assertEquals(
    cellMetrics(record, "run").map((
      { name, kind, better, images, outcomes },
    ) => [name, kind, better, images, outcomes]),
    [
      ["cleanAccuracy", "accuracy", "more", 1000, outcomes("clean")],
      ["autoAttackAccuracy", "accuracy", "more", 128, outcomes("autoattack")],
      ["imagesPerSecond", "time", "more", null, null],
      ["peakBytes", "memory", "less", null, null],
    ],
  );
});
