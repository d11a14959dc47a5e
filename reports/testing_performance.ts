import {
  PEERS_RECORD,
  type PeersRecord,
  PERF_RECORD,
  type PerfRecord,
  type StartTime,
} from "../bench/records/mod.ts";
import { makeRecord } from "./testing.ts";

/** Builders of records of speed for tests: made-up numbers. */

const { machine, runtime, commit, dirty } = makeRecord();

function start(totalMs: number): StartTime {
  const [openMs, compileMs] = [100, 400];
  const stepMs = totalMs - openMs - compileMs;
  return { loadMs: 70, dataMs: 200, openMs, compileMs, stepMs, nextStepMs: 300, totalMs };
}

/** A valid record of `bench perf`; any field may be given. */
export function makePerf(fields: Partial<PerfRecord> = {}): PerfRecord {
  const step = {
    batchSize: 128,
    flopsPerStep: 8e9,
    dispatchesPerStep: 140,
    steps: 2,
    samplesMs: [400, 320, 512],
  };
  return PERF_RECORD.of({
    startedAt: "2026-01-02T03:04:05.000Z",
    durationMs: 60_000,
    machine,
    runtime,
    commit,
    dirty,
    readPath: "texture",
    variants: { "conv2d 8x8": "1x8x8" },
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
      { name: "add <b>", op: "add", flops: 0, bytes: 3e7, dispatches: 1, runs: 30, samplesMs: [4, 6, 5] },
    ],
    training: [{
      ...step,
      name: "resnet8",
      parameters: 78_042,
      firstStepMs: 2500,
      liveBytes: [2 ** 20, 2 ** 20],
      peakBytes: 2 ** 21,
    }],
    attacks: [{ ...step, name: "PGD" }],
    start: {
      network: "resnet8",
      cold: [9000, 9100, 8900].map(start),
      second: [2500, 2600, 2400].map(start),
      warm: [2000, 2100, 1900].map(start),
    },
    soak: null,
    peakBytes: 3 * 2 ** 20,
    ...fields,
  });
}

/** A valid record of `bench peers`; any field may be given. */
export function makePeers(fields: Partial<PeersRecord> = {}): PeersRecord {
  const row = { workload: "step", steps: 4, checks: {}, reason: null, notes: [] };
  return PEERS_RECORD.of({
    startedAt: "2026-01-02T03:04:05.000Z",
    durationMs: 60_000,
    command: "deno task bench peers",
    machine,
    runtime,
    commit,
    dirty,
    readPath: "texture",
    rounds: 3,
    workloads: [{ name: "step", title: "Training step" }, { name: "matmul", title: "Matrix product" }],
    frameworks: [
      {
        name: "ours",
        title: "realfeatures",
        version: "1",
        backend: "WebGPU",
        device: "llvmpipe",
        missing: null,
      },
      {
        name: "slow",
        title: "Slow & Sons",
        version: "2.3",
        backend: "CPU",
        device: "1 thread",
        missing: null,
      },
      {
        name: "gone",
        title: "Gone",
        version: null,
        backend: "CPU",
        device: null,
        missing: "it is not installed",
      },
    ],
    rows: [
      { ...row, framework: "ours", samplesMs: [40, 42, 44], ratio: null },
      {
        ...row,
        framework: "slow",
        samplesMs: [400, 420, 440],
        ratio: { median: 10, rounds: [10, 10, 10] },
        notes: ["alone"],
      },
    ],
    ...fields,
  });
}
