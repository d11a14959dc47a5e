import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { UsageError } from "../usage_error.ts";
import { formatPerf, median, type PerfResult } from "./format.ts";
import { perf, type PerfServices } from "./mod.ts";
import { measurePeerNetwork, PEERS, PEERS_MEASURED } from "./peers.ts";
import { timeSteps } from "./time_steps.ts";
import { measureTraining, type NetworkSpeed } from "./training.ts";

const signal = new AbortController().signal;

const SPEED: NetworkSpeed = {
  network: "resnet8",
  batchSize: 128,
  parameters: 78_042,
  flopsPerStep: 8e9,
  dispatchesPerStep: 173,
  samplesMs: [800, 640, 1280],
  steps: 8,
  firstStepMs: 2500,
  liveBytes: [2 ** 20, 2 ** 20],
};

const RESULT: PerfResult = {
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
  kernelVariant: "texture",
  networks: [SPEED, { ...SPEED, network: "peers' own", batchSize: 64, samplesMs: [50, 60, 40] }],
  peakBytes: 3 * 2 ** 20,
  peers: { measured: PEERS_MEASURED, times: PEERS },
};

/** Runs the command without measuring. */
async function start(args: string[], result = RESULT) {
  let text = "", asked: unknown = null;
  const services: PerfServices = {
    signal,
    stdout: (part) => text += part,
    measure: ({ steps, repetitions }) => {
      asked = { steps, repetitions };
      return Promise.resolve(result);
    },
  };
  return { code: await perf(args, services), text, asked };
}

Deno.test("perf() prints speeds, memory, adapter and kernels, and the peers as measured elsewhere", async () => {
  const { code, text, asked } = await start([]);
  assertEquals([code, asked], [0, { steps: 8, repetitions: 5 }]);
  assertStringIncludes(
    text,
    "made up (a processor)\nKernels: texture. Median, least and most of 3 repetitions of 8 steps",
  );
  assertMatch(text, /resnet8 +128 +160 +100 +200 +800 +10\.0 +173\n/);
  assertMatch(text, /resnet8 +2\.5 s +1\.0 MiB +1\.0 MiB\n/);
  assertMatch(text, /this run, on an adapter +50\n/);
  assertMatch(text, /jax-js 0\.1\.25, WebGPU +611\n.* +1143\n.* +12-18\n/);
  assertStringIncludes(text, "not measured by this command but elsewhere:\n2026-11-22, on another machine");
  assertStringIncludes(text, "whether the driver's shader cache was warm is not known");
});

Deno.test("perf() prints nothing but JSON with --json, and passes its numbers on", async () => {
  const { text, asked } = await start(["--json", "--steps", "2", "--repetitions=1"]);
  assertEquals(JSON.parse(text), RESULT);
  assertEquals(asked, { steps: 2, repetitions: 1 });
});

Deno.test("perf() ends with 1 where training took more memory after its first step", async () => {
  const grown: PerfResult = { ...RESULT, networks: [{ ...SPEED, liveBytes: [2 ** 20, 2 ** 21] }, SPEED] };
  const { code, text } = await start([], grown);
  assertEquals(code, 1);
  assertMatch(text, /1\.0 MiB +2\.0 MiB GREW\n/);
});

Deno.test("perf() shows its help", async () => {
  const { code, text, asked } = await start(["--help"]);
  assertEquals([code, asked], [0, null]);
  for (const part of ["deno task bench perf", "--steps N", "--repetitions N", "--json"]) {
    assertStringIncludes(text, part);
  }
});

for (
  const [args, message] of [
    [["--stpes", "4"], /unknown option --stpes, did you mean --steps/],
    [["--steps", "0"], /--steps must be a whole number from 1 to 999999, given 0$/],
    [["--repetitions", "many"], /--repetitions must be a whole number .*given many$/],
    [["fast"], /unexpected argument fast/],
  ] as const
) {
  Deno.test(`perf() refuses ${args.join(" ")} before it measures`, async () => {
    const error = await assertRejects(() => start([...args]), UsageError);
    assertMatch(error.message, message);
    assertEquals(error.exitCode, 2);
  });
}

Deno.test("median() is the middle value, or the mean of the middle two", () => {
  assertEquals([median([3]), median([9, 1, 5]), median([4, 1, 2, 100])], [3, 5, 3]);
});

Deno.test("formatPerf() keeps small times apart", () => {
  const fast = { ...SPEED, samplesMs: [0.5, 0.25, 0.75] };
  assertMatch(formatPerf({ ...RESULT, networks: [fast, fast] }), /256000 +170667 +512000 +0\.50 /);
});

gpuTest("measureTraining() times every repetition, with memory flat", async (gpu) => {
  const before = gpu.buffers.liveBytes;
  const options = {
    widths: [4, 8, 8],
    imageSize: 12,
    batchSize: 16,
    steps: 2,
    repetitions: 3,
    signal,
  } as const;
  const speed = await measureTraining(gpu, options);
  assertEquals([speed.samplesMs.length, speed.network], [3, "resnet8 4,8,8, 12x12"]);
  assert(speed.samplesMs.every((ms) => ms > 0) && speed.firstStepMs > 0 && speed.dispatchesPerStep > 50);
  assertEquals(speed.liveBytes[0], speed.liveBytes[1]);
  assertEquals(gpu.buffers.liveBytes, before);
});

gpuTest("measurePeerNetwork() does the arithmetic of the peers' network: 1.59 GFLOP a step", async (gpu) => {
  const before = gpu.buffers.liveBytes;
  const { flopsPerStep, parameters, liveBytes } = await measurePeerNetwork(gpu, {
    steps: 1,
    repetitions: 1,
    signal,
  });
  // Three times the forward convolutions, less the gradient of the images; the rest is below one per cent.
  const forward = [[32, 27, 32], [16, 288, 32], [8, 288, 64]].map(([size, k, out]) =>
    2 * 64 * size * size * k * out
  );
  const expected = 3 * (forward[0] + forward[1] + forward[2]) - forward[0];
  assert(Math.abs(flopsPerStep / expected - 1) < 0.02, `${flopsPerStep} and ${expected}`);
  assertEquals(parameters, 32 * 28 + 32 * 289 + 64 * 289 + 10 * 65);
  assertEquals(liveBytes[0], liveBytes[1]);
  assertEquals(gpu.buffers.liveBytes, before);
}, "texture");

gpuTest("timeSteps() runs one step, then all repetitions, and stops on an abort", async (gpu) => {
  let steps = 0;
  const times = await timeSteps(gpu, {
    step: () => steps++,
    since: performance.now(),
    steps: 4,
    repetitions: 3,
    signal,
  });
  assertEquals([steps, times.samplesMs.length, times.steps], [13, 3, 4]);
  const aborted = AbortSignal.abort(new DOMException("Cannot go on: interrupted", "AbortError"));
  const options = { step: () => steps++, since: 0, steps: 4, repetitions: 3, signal: aborted };
  await assertRejects(() => timeSteps(gpu, options), DOMException);
  assertEquals(steps, 14);
});
