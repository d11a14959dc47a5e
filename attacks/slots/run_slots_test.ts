import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import type { Gpu } from "../../engine/device/device.ts";
import { stream } from "../../common/random.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { Square } from "../square/square.ts";
import { judgeOnHost, logits, noiseImages, SHAPE, SIZE } from "../testing/classifier.ts";
import { type FinishedExample, runSlots, type RunSlotsOptions, type SlotSnapshot } from "./run_slots.ts";
import type { NewExample } from "./slot_rows.ts";

const COUNT = 23, QUERIES = 25;
const images = noiseImages(COUNT);
const labels = judgeOnHost(images, new Uint32Array(COUNT)).predictions;
const ALL = Array.from({ length: COUNT }, (_, i) => i);

const makeSquare = (gpu: Gpu, slots: number) =>
  Square.compile(gpu, {
    name: "square",
    logits,
    norm: "Linf",
    eps: 0.02,
    slots,
    imageShape: SHAPE,
    queries: QUERIES,
    stream: stream(0, "square"),
  });

const example = (position: number): NewExample => ({
  image: images.subarray(position * SIZE, (position + 1) * SIZE),
  label: labels[position],
  number: position,
  targets: [],
});

/** What became of all, by position. */
async function finishAll(
  gpu: Gpu,
  slots: number,
  options: Partial<RunSlotsOptions> = {},
): Promise<FinishedExample[]> {
  const square = await makeSquare(gpu, slots), found: FinishedExample[] = [];
  await runSlots(gpu, square, { from: ALL, example, onFinished: (one) => found.push(one), ...options });
  square.dispose();
  return found.toSorted((a, b) => a.position - b.position);
}

gpuTest(
  "runSlots() hands back every example once, whatever the slots, the pauses and the order",
  async (gpu) => {
    const expected = await finishAll(gpu, COUNT);
    assertEquals(expected.map(({ position }) => position), ALL);
    const misclassified = expected.filter((one) => one.misclassified).length;
    assertGreater(misclassified, 0);
    assertGreater(COUNT - misclassified, 0);
    for (const slots of [1, 4, 16]) assertEquals(await finishAll(gpu, slots), expected, `${slots} slots`);
    for (const pauseSeconds of [0, 100]) assertEquals(await finishAll(gpu, 5, { pauseSeconds }), expected);
    assertEquals(await finishAll(gpu, 5, { from: ALL.toReversed() }), expected);
  },
);

gpuTest("runSlots() resumes from any pause to the same end", async (gpu) => {
  const expected = await finishAll(gpu, 6);
  for (const stopAt of [1, 3, 9, 20]) {
    const before: FinishedExample[] = [];
    let snapshot: SlotSnapshot | null = null, pauses = 0;
    const square = await makeSquare(gpu, 6);
    await assertRejects(
      () =>
        runSlots(gpu, square, {
          from: ALL,
          example,
          pauseSeconds: 0,
          onFinished: (one) => before.push(one),
          onPause: async (pause) => {
            if (++pauses < stopAt) return;
            snapshot = await pause.snapshot();
            throw new Error("stopped");
          },
        }),
      Error,
      "stopped",
    );
    square.dispose();
    const rest = await finishAll(gpu, 6, { from: snapshot! });
    assertEquals(
      [...before, ...rest].toSorted((a, b) => a.position - b.position),
      expected,
      `stop ${stopAt}`,
    );
  }
});

gpuTest("runSlots() stops at a signal, and refuses a snapshot that needs more slots", async (gpu) => {
  await assertRejects(() => finishAll(gpu, 4, { signal: AbortSignal.abort() }), DOMException);
  let snapshot: SlotSnapshot | null = null;
  await finishAll(gpu, 6, {
    pauseSeconds: 0,
    onPause: async (pause) => {
      snapshot ??= await pause.snapshot();
    },
  });
  await assertRejects(
    () => finishAll(gpu, 3, { from: snapshot! }),
    RangeError,
    "Cannot resume square: its slots do not hold",
  );
});
