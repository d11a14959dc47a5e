import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Gpu } from "../../engine/device/device.ts";
import type { Norm } from "../../engine/ops/example_norm.ts";
import { stream } from "../../common/random.ts";
import { assertSameBits } from "../../engine/testing/compare.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import type { HostData } from "../../engine/graph/tensor.ts";
import { read, write } from "../../engine/graph/variables.ts";
import { CLASSES, judgeOnHost, logits, noiseImages, SHAPE, SIZE } from "../testing/classifier.ts";
import { slotVariables, STATUS } from "../slots/slot_attack.ts";
import { Fab, type FabOptions } from "./fab.ts";

const NORMS = ["Linf", "L2"] as const;
const COUNT = 50;
const images = noiseImages(COUNT);
/** What the classifier says of each image: all are classified correctly. */
const labels = judgeOnHost(images, new Uint32Array(COUNT)).predictions;
const TARGETS = 3;
const targets = Uint32Array.from({ length: COUNT * TARGETS }, (_, k) => {
  return (labels[Math.floor(k / TARGETS)] + 1 + k % TARGETS) % CLASSES;
});
/** About half of the examples are misclassified at these radii. */
const EPS = { Linf: 0.05, L2: 0.5 };

type Changes = Partial<FabOptions> & { readonly norm: Norm };

function compile(gpu: Gpu, changes: Changes): Promise<Fab> {
  return Fab.compile(gpu, {
    ...{ name: "fab-t", logits, classes: CLASSES, targeted: true, eps: EPS[changes.norm], slots: 16 },
    ...{ imageShape: SHAPE, targets: TARGETS, iterations: 6, restarts: 2, stream: stream(0, "fab") },
    ...changes,
  });
}

/** Fills one slot after another with examples; the other slots hold the first one, as robust. */
async function fill(gpu: Gpu, { inputs }: Fab, numbers: readonly number[]): Promise<void> {
  const { origin, labels: own, examples, targets: aims, slot } = inputs;
  const put = async (variable: typeof origin, data: HostData, at: (i: number) => number) => {
    const values = await read(gpu, variable), size = values.length / variable.shape[0];
    numbers.forEach((i, b) =>
      values.set(data.subarray(at(i) * size, (at(i) + 1) * size) as Float32Array, b * size)
    );
    write(gpu, variable, values);
  };
  await put(origin, images, (i) => i);
  await put(own, labels, (i) => i);
  await put(examples, Uint32Array.from({ length: COUNT }, (_, i) => i), (i) => i);
  await put(aims, aims.shape[1] === 1 ? new Uint32Array(COUNT) : targets, (i) => i);
  const slots = new Uint32Array(4 * slot.shape[0]).fill(STATUS.robust);
  write(gpu, slot, slots.fill(STATUS.running, 0, 4 * numbers.length));
}

interface Outcome {
  readonly status: number;
  readonly score: number;
  readonly image: Float32Array;
}

async function outcomes(gpu: Gpu, fab: Fab): Promise<Outcome[]> {
  const slot = await read(gpu, fab.inputs.slot), score = await read(gpu, fab.inputs.score);
  const found = await read(gpu, fab.image) as Float32Array;
  return Array.from(score, (norm, b) => ({
    status: slot[4 * b],
    score: norm,
    image: found.slice(b * SIZE, (b + 1) * SIZE),
  }));
}

/** All examples in the given order, as many at once as there are slots; outcomes by example. */
async function attackAll(gpu: Gpu, changes: Changes, order = [...labels.keys()]): Promise<Outcome[]> {
  const fab = await compile(gpu, changes), slots = fab.inputs.slot.shape[0];
  const all: Outcome[] = [];
  for (let from = 0; from < order.length; from += slots) {
    const numbers = order.slice(from, from + slots);
    await fill(gpu, fab, numbers);
    for (let iteration = 0; iteration < fab.maxIterations; iteration++) fab.iterate(numbers.length);
    (await outcomes(gpu, fab)).slice(0, numbers.length).forEach((outcome, b) => all[numbers[b]] = outcome);
  }
  fab.dispose();
  return all;
}

function assertSame(label: string, found: readonly Outcome[], expected: readonly Outcome[]): void {
  found.forEach(({ status, score, image }, i) => {
    assertEquals([status, score], [expected[i].status, expected[i].score], `${label}, example ${i}`);
    assertSameBits(`${label}, image ${i}`, image, expected[i].image);
  });
}

for (const norm of NORMS) {
  gpuTest(`Fab.compile() attacks each example alike in any batch and order, ${norm}`, async (gpu) => {
    const before = gpu.buffers.liveBytes;
    const expected = await attackAll(gpu, { norm, slots: COUNT });
    const statuses = new Set(expected.map(({ status }) => status));
    assertEquals(statuses, new Set([STATUS.misclassified, STATUS.robust]), "both kinds of outcome");
    assertSame("once more", await attackAll(gpu, { norm, slots: COUNT }), expected);
    assertSame("16 slots", await attackAll(gpu, { norm, slots: 16 }), expected);
    const backwards = [...labels.keys()].reverse();
    assertSame("backwards", await attackAll(gpu, { norm, slots: 16 }, backwards), expected);
    expected.forEach(({ status, score, image }, i) => {
      const distance = distanceOf(norm, image, i);
      assert(image.every((v) => v >= 0 && v <= 1));
      if (score < 1e9) assert(Math.abs(distance - score) < 1e-6, `${distance} is not ${score}`);
      if (status === STATUS.robust) return assert(score > EPS[norm]);
      assert(distance <= EPS[norm] + 1e-6);
      assert(judgeOnHost(image, [labels[i]]).predictions[0] !== labels[i], `image ${i} does not fool`);
    });
    const live = gpu.buffers.liveBytes;
    assertEquals(await attackAll(gpu, { norm, slots: 16 }).then(() => gpu.buffers.liveBytes), live);
    assert(live >= before);
  });

  gpuTest(`Fab.iterate() moves slots that began at different times alike, ${norm}`, async (gpu) => {
    const expected = await attackAll(gpu, { norm, slots: 16 }, [0, 1, 2, 3, 4, 5]);
    const fab = await compile(gpu, { norm, slots: 16 });
    await fill(gpu, fab, [0, 1, 2, 3, 4, 5]);
    const late = await read(gpu, fab.inputs.slot) as Uint32Array;
    const waiting = late.slice().fill(STATUS.robust, 8, 24);
    write(gpu, fab.inputs.slot, waiting);
    for (let iteration = 0; iteration < 9; iteration++) fab.iterate(16);
    const now = await read(gpu, fab.inputs.slot) as Uint32Array;
    now.set(late.subarray(8, 24), 8);
    write(gpu, fab.inputs.slot, now);
    for (let iteration = 0; iteration < fab.maxIterations; iteration++) fab.iterate(6);
    assertSame("late slots", (await outcomes(gpu, fab)).slice(0, 6), expected.slice(0, 6));
    fab.dispose();
  });

  gpuTest(`Fab.iterate() changes nothing of a slot that is done, ${norm}`, async (gpu) => {
    const fab = await compile(gpu, { norm, slots: 16, eps: 4 * EPS[norm] });
    await fill(gpu, fab, [3, 1, 4]);
    for (let iteration = 0; iteration < fab.maxIterations; iteration++) fab.iterate(16);
    const rows = () => Promise.all(slotVariables(fab).map((variable) => read(gpu, variable)));
    const before = await rows();
    assertEquals(
      before[4].filter((_, k) => k % 4 === 0).slice(0, 3),
      new Uint32Array(3).fill(STATUS.misclassified),
    );
    for (let iteration = 0; iteration < 3; iteration++) fab.iterate(16);
    (await rows()).forEach((values, k) => assertSameBits(slotVariables(fab)[k].name, values, before[k]));
    fab.dispose();
  });

  gpuTest(`Fab.compile() without eps searches the smallest norm over all runs, ${norm}`, async (gpu) => {
    const order = [0, 1, 2, 3];
    const smallest = await attackAll(gpu, { norm, eps: null }, order);
    const bounded = await attackAll(gpu, { norm, restarts: 1 }, order);
    order.forEach((i) => {
      assertEquals(smallest[i].status, STATUS.robust);
      assert(smallest[i].score < 1e9 && smallest[i].score <= bounded[i].score);
      assert(Math.abs(distanceOf(norm, smallest[i].image, i) - smallest[i].score) < 1e-6);
    });
  });
}

for (const norm of NORMS) {
  gpuTest(`Fab.compile() without targets attacks each example alike in any batch, ${norm}`, async (gpu) => {
    const changes = { norm, name: "fab", targeted: false, targets: 1 };
    const expected = await attackAll(gpu, { ...changes, slots: COUNT });
    assertSame("16 slots", await attackAll(gpu, { ...changes, slots: 16 }), expected);
    const misclassified = expected.filter(({ status }) => status === STATUS.misclassified).length;
    assert(misclassified > 0 && misclassified < COUNT, `${misclassified} misclassified`);
    expected.forEach(({ status, image }, i) => {
      if (status !== STATUS.misclassified) return;
      assert(distanceOf(norm, image, i) <= EPS[norm] + 1e-6);
      assert(judgeOnHost(image, [labels[i]]).predictions[0] !== labels[i], `image ${i} does not fool`);
    });
  });
}

gpuTest("Fab.compile() refuses numbers out of range", async (gpu) => {
  const refused: [Partial<FabOptions>, string][] = [
    [{ eps: 0 }, `Cannot compile attack "fab-t": expected eps above 0, or null, got 0`],
    [{ slots: 0 }, `Cannot compile attack "fab-t": expected slots to be a positive integer, got 0`],
    [
      { targets: CLASSES },
      `Cannot compile attack "fab-t": expected fewer targets than the 10 classes, got 10`,
    ],
    [
      { iterations: 1.5 },
      `Cannot compile attack "fab-t": expected iterations to be a positive integer, got 1.5`,
    ],
    [{ beta: 0 }, `Cannot compile attack "fab-t": expected beta in (0, 1], got 0`],
  ];
  for (const [changes, message] of refused) {
    await assertRejects(() => compile(gpu, { norm: "Linf", ...changes }), RangeError, message);
  }
});

function distanceOf(norm: Norm, image: Float32Array, example: number): number {
  const differences = Array.from(image, (v, k) => Math.abs(v - images[example * SIZE + k]));
  return norm === "Linf" ? Math.max(...differences) : Math.hypot(...differences);
}
