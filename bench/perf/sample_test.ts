import { assert, assertEquals, assertRejects } from "@std/assert";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { sample } from "./sample.ts";
import { timeSteps } from "./time_steps.ts";

const signal = new AbortController().signal;
const aborted = AbortSignal.abort(new DOMException("Cannot continue: interrupted", "AbortError"));

/** Keeps the host busy. */
function spin(ms: number): void {
  for (const from = performance.now(); performance.now() - from < ms;);
}

gpuTest("sample() repeats runs until a sample is long enough, and divides by them", async (gpu) => {
  const asked: number[] = [];
  const { runs, samplesMs } = await sample(gpu, (runs) => {
    asked.push(runs);
    spin(3 * runs);
  }, { samples: 2, minSampleMs: 25, signal });
  assertEquals(asked.slice(0, 2), [1, 1]);
  assertEquals(asked.slice(-2), [runs, runs]);
  assert(
    runs > 1 && samplesMs.length === 2 && samplesMs.every((ms) => ms >= 3 && ms * runs >= 20),
    `${samplesMs}`,
  );
});

gpuTest("sample() stops on an abort before it submits", async (gpu) => {
  let submitted = 0;
  const options = { samples: 1, minSampleMs: 1, signal: aborted };
  await assertRejects(() => sample(gpu, () => submitted++, options), DOMException);
  assertEquals(submitted, 0);
});

gpuTest("timeSteps() runs one step, one that tells how many make a sample, then all samples", async (gpu) => {
  let steps = 0;
  const step = () => {
    steps++;
    spin(20);
  };
  const times = await timeSteps(gpu, {
    step,
    since: performance.now(),
    options: { samples: 3, minSampleMs: 50, signal },
  });
  assert(times.steps >= 1 && times.steps <= 3 && times.firstStepMs >= 20);
  assertEquals([steps, times.samplesMs.length], [2 + 3 * times.steps, 3]);
  assertEquals(times.liveBytes[0], times.liveBytes[1]);
});

gpuTest("timeSteps() stops on an abort after the first step", async (gpu) => {
  let steps = 0;
  const options = { samples: 3, minSampleMs: 1, signal: aborted };
  await assertRejects(() => timeSteps(gpu, { step: () => steps++, since: 0, options }), DOMException);
  assertEquals(steps, 1);
});
