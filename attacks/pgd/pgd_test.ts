import { assert, assertEquals, assertGreater, assertLess, assertNotEquals, assertRejects } from "@std/assert";
import { stream } from "../../common/random.ts";
import { assertClose } from "../../engine/testing/compare.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { read } from "../../engine/graph/variables.ts";
import {
  attackAll,
  batchOf,
  CLASSES,
  judgeOnHost,
  logits,
  noiseImages,
  SHAPE,
  SIZE,
} from "../testing/classifier.ts";
import { Pgd } from "./pgd.ts";
import { l2, linf } from "../threat_model/threat_model.ts";

const COUNT = 52;
const images = noiseImages(COUNT);
const predictions = judgeOnHost(images, new Uint32Array(COUNT)).predictions;
/** The classifier's own predictions, but every seventh label is another class: wrong from the start. */
const labels = predictions.map((y, i) => i % 7 === 0 ? (y + 1) % CLASSES : y);
const given = { images, labels, batchSize: COUNT };

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

/** Distances in float64, from the images themselves. */
function distances(found: Float32Array, norm: "L2" | "Linf"): number[] {
  return Array.from({ length: COUNT }, (_, i) => {
    const moved = Array.from({ length: SIZE }, (_, k) => found[i * SIZE + k] - images[i * SIZE + k]);
    return norm === "L2" ? Math.hypot(...moved) : Math.max(...moved.map(Math.abs));
  });
}

for (const threatModel of [linf(8 / 255), l2(0.5)]) {
  const { norm, eps } = threatModel;
  gpuTest(
    `Pgd.run() in ${norm} stays within eps and the pixel range, and says how far it went`,
    async (gpu) => {
      const found = await attackAll(gpu, {
        ...given,
        threatModel,
        stepSize: eps! / 4,
        steps: 7,
        restarts: 2,
      });
      assert(found.images.every((v) => v >= 0 && v <= 1)); // also false for NaN
      const moved = distances(found.images, norm);
      assertLess(Math.max(...moved), eps! + 1e-6);
      assertGreater(mean(moved), 0.5 * eps!);
      found.distance.forEach((d, i) => assert(d >= moved[i] - 1e-6 && d <= eps! + 1e-6, `${d} at ${i}`));
      const host = judgeOnHost(images, labels);
      assertEquals([...found.before], [...labels].map((y, i) => y === host.predictions[i] ? 1 : 0));
      assert(found.after.every((bit, i) => bit <= found.before[i]));
      assertLess(mean(found.after), mean(found.before));
    },
  );

  gpuTest(`Pgd.run() in ${norm} at eps 0 gives the clean outcome and the very images`, async (gpu) => {
    const zero = norm === "L2" ? l2(0) : linf(0);
    const found = await attackAll(gpu, { ...given, threatModel: zero, stepSize: 0.1, steps: 3, restarts: 2 });
    assertEquals(found.after, found.before);
    assertEquals(mean(found.before), 44 / 52);
    assertEquals(found.images, images);
    assertEquals(found.distance, new Float32Array(COUNT));
  });

  gpuTest(
    `Pgd.perturb() in ${norm} climbs: every loss rises at once, and more steps lower no mean`,
    async (gpu) => {
      const losses: number[] = [];
      for (const steps of [0, 1, 4, 16]) {
        const options = { ...given, threatModel, stepSize: eps! / 16, steps, randomStart: false };
        const found = judgeOnHost((await attackAll(gpu, options)).images, labels).losses;
        losses.push(mean(found));
        const start = judgeOnHost(images, labels).losses;
        if (steps === 1) found.forEach((loss, i) => assertGreater(loss, start[i], `example ${i}`));
      }
      assertEquals(losses.toSorted((a, b) => a - b), losses);
      assertGreater(losses[3], losses[0] + 0.01);
    },
  );

  gpuTest(`Pgd.run() in ${norm} gives an example the same images in any batch and order`, async (gpu) => {
    const options = { ...given, threatModel, stepSize: eps! / 4, steps: 5, restarts: 2 };
    const expected = await attackAll(gpu, options);
    for (const batchSize of [16, 50]) {
      assertEquals(await attackAll(gpu, { ...options, batchSize }), expected, `batches of ${batchSize}`);
    }
    const order = stream(1, "order").permutation(0, COUNT);
    assertEquals(await attackAll(gpu, { ...options, batchSize: 16, order }), expected, "another order");
  });
}

gpuTest("Pgd.run() with targets approaches them and says which were reached", async (gpu) => {
  const targets = predictions.map((y) => (y + 3) % CLASSES);
  const options = { ...given, labels: targets, stepSize: 0.05, targeted: true };
  const far = await attackAll(gpu, { ...options, threatModel: linf(0.5), steps: 40 });
  assertEquals([...far.before], Array(COUNT).fill(0));
  assertEquals([...far.after], Array(COUNT).fill(1));
  assertEquals(judgeOnHost(far.images, targets).predictions, targets);
  const near = await attackAll(gpu, { ...options, threatModel: linf(0.01), steps: 3 });
  assertLess(mean(near.after), 0.5);
});

gpuTest("Pgd.run() with restarts takes the worst: robust only if correct after each", async (gpu) => {
  // Without steps the ends are the random starts, so that restarts differ in their outcome.
  const options = { ...given, threatModel: linf(0.3), stepSize: 1, steps: 0 };
  const pgd = await Pgd.compile(gpu, { logits, imageShape: SHAPE, stream: stream(0, "attack"), ...options });
  pgd.setBatch(batchOf(Uint32Array.from({ length: COUNT }, (_, i) => i), given));
  const ends: Float32Array[] = [];
  for (const restart of [0, 1, 2]) {
    await pgd.perturb(restart);
    ends.push(await read(gpu, pgd.walk.images) as Float32Array);
  }
  pgd.dispose();
  const right = [images, ...ends].map((at) =>
    judgeOnHost(at, labels).predictions.map((y, i) => y === labels[i] ? 1 : 0)
  );
  assertNotEquals(right[1], right[2]);
  const all = await attackAll(gpu, { ...options, restarts: 3 });
  assertEquals([...all.after], [...labels].map((_, i) => Math.min(...right.map((bits) => bits[i]))));
  assertLess(mean(all.after), mean((await attackAll(gpu, options)).after));
  const farthest = ends.map((at) => distances(at, "Linf"));
  assertClose("distance", all.distance, {
    expected: [...labels].map((_, i) => Math.max(...farthest.map((d) => d[i]))),
    atol: 1e-6,
    rtol: 0,
  });
});

gpuTest("Pgd frees what it took", async (gpu) => {
  const options = { ...given, threatModel: l2(0.5), stepSize: 0.1, steps: 1 };
  await attackAll(gpu, options);
  const before = gpu.buffers.liveBytes;
  await attackAll(gpu, options);
  assertEquals(gpu.buffers.liveBytes, before);
});

gpuTest("Pgd.compile() refuses options out of range", async (gpu) => {
  const options = {
    logits,
    imageShape: SHAPE,
    stream: stream(0, "attack"),
    batchSize: 1,
    threatModel: linf(0.1),
  };
  for (const wrong of [{ steps: -1 }, { steps: 1.5 }, { restarts: 0 }, { stepSize: 0 }, { stepSize: NaN }]) {
    const error = await assertRejects(
      () => Pgd.compile(gpu, { ...options, steps: 1, stepSize: 0.1, ...wrong }),
      RangeError,
    );
    assert(error.message.startsWith("Cannot compile PGD: expected steps from 0"), error.message);
  }
});
