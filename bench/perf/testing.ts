/** A performance record for tests: small round numbers, made up. */

import { PERF_RECORD, type PerfRecord, type StartTime, type TrainingTime } from "../records/perf_record.ts";

/** A start that takes so long in all. */
export function fakeStart(totalMs: number): StartTime {
  const openMs = 100, compileMs = 500;
  return {
    loadMs: 70,
    dataMs: 200,
    openMs,
    compileMs,
    stepMs: totalMs - openMs - compileMs,
    nextStepMs: 400,
    totalMs,
  };
}

const TRAINING: TrainingTime = {
  name: "resnet8",
  batchSize: 128,
  parameters: 78_042,
  flopsPerStep: 8e9,
  dispatchesPerStep: 173,
  steps: 2,
  samplesMs: [800, 640, 1280],
  firstStepMs: 2500,
  liveBytes: [2 ** 20, 2 ** 20],
  peakBytes: 2 ** 21,
};

/** A whole record; `parts` take the place of its own. */
export function fakePerfRecord(parts: Partial<PerfRecord> = {}): PerfRecord {
  return PERF_RECORD.of({
    startedAt: "2026-01-02T03:04:05.000Z",
    durationMs: 60_000,
    machine: {
      name: "made up",
      os: "none",
      cpu: "a processor",
      cores: 2,
      adapter: {
        vendor: "",
        architecture: "",
        device: "",
        description: "an adapter",
        isFallback: true,
        features: [],
        limits: {},
      },
    },
    runtime: { deno: "0", v8: "0", typescript: "0" },
    commit: null,
    dirty: null,
    readPath: "texture",
    variants: { "conv2d 128x32x32x16": "1x16x8" },
    ceilings: [
      { name: "arithmetic", unit: "GFLOP/s", samples: [100, 90, 110] },
      { name: "copy", unit: "GB/s", samples: [10, 10, 10] },
      { name: "dispatch", unit: "us", samples: [40, 40, 40] },
    ],
    kernels: [
      {
        name: "matmul",
        op: "matmul",
        flops: 2e9,
        bytes: 1e7,
        dispatches: 1,
        runs: 4,
        samplesMs: [40, 50, 40],
      },
      { name: "add", op: "add", flops: 0, bytes: 3e7, dispatches: 1, runs: 30, samplesMs: [4, 6, 5] },
    ],
    training: [TRAINING],
    attacks: [{
      name: "PGD",
      batchSize: 128,
      flopsPerStep: 6e9,
      dispatchesPerStep: 80,
      steps: 2,
      samplesMs: [400, 320, 512],
    }],
    start: {
      network: "resnet8",
      cold: [9000, 9100, 8900].map(fakeStart),
      second: [2500, 2600, 2400].map(fakeStart),
      warm: [2000, 2100, 1900].map(fakeStart),
    },
    soak: null,
    peakBytes: 3 * 2 ** 20,
    ...parts,
  });
}
