import { assertEquals } from "@std/assert";
import type { PeerRow, PeersRecord } from "../peers/record.ts";
import { fakePerfRecord } from "../perf/testing.ts";
import { peersMetrics, perfMetrics } from "./metrics.ts";

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
  const row: PeerRow = {
    work: "step",
    peer: "ours",
    steps: 1,
    samplesMs: [3, 4],
    checks: {},
    ratio: null,
    reason: null,
    notes: [],
  };
  const record = { rows: [row, { ...row, peer: "other", samplesMs: [] }] } as unknown as PeersRecord;
  assertEquals(peersMetrics(record), [{ name: "step / ours", unit: "ms", better: "less", samples: [3, 4] }]);
});
