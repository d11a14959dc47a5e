import { assert, assertEquals, assertGreater, assertRejects } from "@std/assert";
import { gradients } from "../../engine/autograd/autograd.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { asTensor, trace } from "../../engine/graph/graph.ts";
import { add, scale } from "../../engine/ops/arithmetic.ts";
import { crossEntropy } from "../../engine/ops/cross_entropy.ts";
import { randomImages } from "../../engine/ops/random_images.ts";
import { sumAll } from "../../engine/ops/reduce_sum.ts";
import { stream } from "../../common/random.ts";
import { evaluateReference } from "../../engine/graph/reference.ts";
import { f32, u32 } from "../../engine/arrays/shape.ts";
import { Variable } from "../../engine/graph/tensor.ts";
import { assertClose, assertSameBits } from "../../engine/testing/compare.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { read, write } from "../../engine/graph/variables.ts";
import { CLASSES, judgeOnHost, logits, noiseImages, SHAPE, SIZE } from "../testing/classifier.ts";
import { dlr } from "../losses/dlr.ts";
import { targetedDlr } from "../losses/targeted_dlr.ts";
import type { LogitsFn } from "../threat_model/logits_fn.ts";
import { STATUS } from "../slots/slot_attack.ts";
import { climbOnHost, type Landscape } from "./_host_apgd.ts";
import { exampleAt, fillSlots, type Outcomes, type RunAll, runAll } from "./_testing.ts";
import { Apgd } from "./apgd.ts";
import { checkIntervals } from "./apgd_update_state.ts";
import { APGD_LOSSES, type ApgdLoss, type ApgdOptions } from "./apgd_options.ts";

const COUNT = 52;
const images = noiseImages(COUNT);
const predictions = judgeOnHost(images, new Uint32Array(COUNT)).predictions;
/** The classifier's own predictions, but every seventh label is another class: wrong from the start. */
const labels = predictions.map((y, i) => i % 7 === 0 ? (y + 1) % CLASSES : y);
const examples = { images, labels };
const EPS = { Linf: 0.03, L2: 0.4 } as const;
const NORMS = ["Linf", "L2"] as const;
const given = { logits, imageShape: SHAPE, stream: stream(0, "apgd"), examples };

/** The cross-entropy of log odds. */
const crossEntropyOf = (odds: number) => Math.log1p((CLASSES - 1) * Math.exp(odds));

for (const norm of NORMS) {
  for (
    const [loss, officialConstants] of [
      ...APGD_LOSSES.map((loss) => [loss, false] as const),
      ["ce", true] as const,
    ]
  ) {
    const title = `${norm} ${loss}${officialConstants ? ", official constants" : ""}`;
    gpuTest(`Apgd takes the steps of a float64 implementation, ${title}`, async (gpu) => {
      const count = 24,
        iterations = 30,
        settings = { norm, eps: (loss === "ce" ? 4 : 1) * EPS[norm], iterations };
      const chosen = Array.from({ length: count }, (_, i) => exampleAt(examples, i));
      const apgd = await Apgd.compile(gpu, {
        ...given,
        ...settings,
        name: "apgd",
        loss,
        goal: "maximise",
        slots: count,
        randomStart: false,
        officialConstants,
      });
      const valueOf = (best: number) => loss === "ce" && !officialConstants ? crossEntropyOf(best) : best;
      fillSlots(gpu, apgd, chosen);
      const progress = apgd.state.find(({ name }) => name === "apgd progress")!;
      const expected = chosen.map(({ image, label, targets }) =>
        climbOnHost(landscapeOf(loss, label, targets[0]), Float64Array.from(image), settings)
      );
      // Where two losses are as good as equal, on a plateau or in a corner, rounding decides and the walks part; so
      // do they where a ratio's denominator is near 0, which makes its loss 1 and more.
      const halvings = new Set<string>();
      let compared = 0;
      for (let iteration = 0; iteration <= iterations; iteration++) {
        apgd.iterate(count);
        const rows = await read(gpu, progress);
        for (let b = 0; b < count; b++) {
          const { stepSize, best, margin } = expected[b][iteration],
            title = `example ${b}, iteration ${iteration}`;
          if (margin < 3e-6 || best > (loss === "ce" ? Infinity : 0.9)) continue;
          assertClose(title, [rows[8 * b], valueOf(rows[8 * b + 1])], {
            expected: [stepSize, best],
            atol: 1e-5,
            rtol: 1e-3,
          });
          halvings.add(`${b} ${stepSize}`);
          compared++;
        }
      }
      assertGreater(compared, 150, "comparisons");
      assertGreater(halvings.size - count, 20, "halvings seen");
      apgd.dispose();
    });
  }

  gpuTest(`Apgd stays within eps and the pixel range at each iteration, ${norm}`, async (gpu) => {
    const slots = 16, eps = EPS[norm];
    const chosen = Array.from({ length: slots }, (_, i) => exampleAt(examples, i));
    const apgd = await Apgd.compile(gpu, {
      ...given,
      name: "apgd",
      norm,
      eps,
      loss: "ce",
      goal: "maximise",
      slots,
      iterations: 25,
      restarts: 2,
    });
    fillSlots(gpu, apgd, chosen);
    const points = apgd.state.find(({ name }) => name === "apgd points")!;
    for (let iteration = 0; iteration < apgd.maxIterations; iteration++) {
      apgd.iterate(slots);
      for (const variable of iteration === 0 ? [points] : [points, apgd.image]) {
        assertWithin(await read(gpu, variable) as Float32Array, { norm, eps });
      }
    }
    assertEquals([...new Set(await statuses(gpu, apgd))], [STATUS.robust]);
    apgd.dispose();
  });

  gpuTest(`Apgd has the same outcome in any order and batch, ${norm}`, async (gpu) => {
    const run = (options: Partial<RunAll>) =>
      runAll(
        gpu,
        {
          ...given,
          norm,
          eps: EPS[norm],
          loss: "ce",
          slots: 50,
          iterations: 15,
          restarts: 2,
          ...options,
        } as RunAll,
      );
    const whole = await run({});
    assert(
      whole.misclassified.includes(true) && whole.misclassified.includes(false),
      "all examples fare alike",
    );
    labels.forEach((y, i) =>
      assert(y === predictions[i] || whole.misclassified[i], `${i} is wrong from the start`)
    );
    assertSameOutcomes(await run({ slots: 16 }), whole);
    assertSameOutcomes(await run({ slots: 7, order: [...labels.keys()].reverse() }), whole);
    const { predictions: found } = judgeOnHost(whole.images, labels);
    whole.misclassified.forEach((misclassified, i) =>
      assert(!misclassified || found[i] !== labels[i], `${i} is not misclassified`)
    );
  });
}

gpuTest(
  "Apgd gives slots the same bits whenever they start, and leaves misclassified ones as they are",
  async (gpu) => {
    const slots = 12,
      options = { ...given, norm: "Linf", eps: 0.01, loss: "ce", slots, iterations: 12 } as const;
    const together = await runAll(gpu, options);
    const apgd = await Apgd.compile(gpu, { ...options, name: "apgd" });
    const chosen = Array.from({ length: slots }, (_, i) => exampleAt(examples, i));
    fillSlots(gpu, apgd, chosen);
    // Slot b waits b iterations: until then it is marked as done.
    const waiting = Uint32Array.from(
      { length: 4 * slots },
      (_, k) => k % 4 === 0 && k > 0 ? STATUS.robust : 0,
    );
    write(gpu, apgd.inputs.slot, waiting);
    for (let iteration = 0; iteration < apgd.maxIterations + slots; iteration++) {
      const before = await read(gpu, apgd.inputs.slot), image = await read(gpu, apgd.image);
      if (iteration > 0 && iteration < slots) {
        write(
          gpu,
          apgd.inputs.slot,
          before.map((v, k) => k === 4 * iteration ? 0 : v) as Uint32Array,
        );
      }
      apgd.iterate(slots);
      const after = await read(gpu, apgd.image);
      for (let b = 0; b < slots; b++) {
        if (before[4 * b] !== STATUS.misclassified) {
          continue;
        }
        const part = (v: typeof after) => v.subarray(b * SIZE, (b + 1) * SIZE);
        assertSameBits(`image of misclassified slot ${b}`, part(after), part(image));
      }
    }
    assertEquals(
      (await statuses(gpu, apgd)).map((v) => v === STATUS.misclassified),
      together.misclassified.slice(0, slots),
    );
    assert(together.misclassified.slice(0, slots).includes(false), "no slot withstands");
    assertSameBits("images", await read(gpu, apgd.image), together.images.subarray(0, slots * SIZE));
    apgd.dispose();
  },
);

gpuTest("Apgd keeps the best point of all runs of any objective", async (gpu) => {
  const run = (restarts: number) =>
    runAll(gpu, {
      ...given,
      norm: "L2",
      eps: 0.4,
      slots: 52,
      iterations: 6,
      restarts,
      objective: (x, { labels }) => crossEntropy(logits(x), labels),
    });
  const one = await run(1), three = await run(3);
  assert(three.score.every((v, i) => v >= one.score[i]), "a run is lost");
  assert(three.score.some((v, i) => v > one.score[i]), "restarts are the same");
  assertClose("losses of the images", judgeOnHost(three.images, labels).losses, {
    expected: three.score,
    atol: 1e-5,
    rtol: 1e-4,
  });
});

gpuTest(
  "Apgd averages gradients of a randomised classifier whose draws are an example's own",
  async (gpu) => {
    const noise = stream(4, "noise");
    const noisy: LogitsFn = (x, eot) =>
      logits(
        add(
          x,
          scale(
            randomImages(SHAPE, {
              examples: eot!.examples,
              step: eot!.sample,
              stream: noise,
              distribution: "normal",
            }),
            0.2,
          ),
        ),
      );
    const run = (options: Partial<RunAll>) =>
      runAll(
        gpu,
        {
          ...given,
          logits: noisy,
          loss: "ce",
          goal: "maximise",
          norm: "L2",
          eps: 0.4,
          slots: 52,
          iterations: 5,
          ...options,
        } as RunAll,
      );
    const whole = await run({ eotSamples: 3 });
    assertSameOutcomes(await run({ eotSamples: 3, slots: 9, order: [...labels.keys()].reverse() }), whole);
    const single = await run({ eotSamples: 1 });
    assert(single.score.some((v, i) => v !== whole.score[i]), "evaluations are the same");
    const exact = { logits, loss: "ce", goal: "maximise" } as const;
    const [averaged, plain] = [
      await run({ ...exact, eotSamples: 3 }),
      await run({ ...exact, eotSamples: 1 }),
    ];
    assertClose("without randomness", averaged.score, { expected: plain.score, atol: 1e-3, rtol: 1e-3 });
  },
);

gpuTest("Apgd refuses settings that mean nothing", async (gpu) => {
  const make = (options: Record<string, unknown>) =>
    Apgd.compile(
      gpu,
      { ...given, name: "a", norm: "Linf", eps: 0.1, slots: 2, loss: "ce", ...options } as ApgdOptions,
    );
  for (const eps of [0, -1, 2, NaN]) {
    await assertRejects(() => make({ eps }), RangeError, "eps must be above 0");
  }
  for (const name of ["slots", "iterations", "restarts", "targets", "eotSamples"]) {
    await assertRejects(() => make({ [name]: 0 }), RangeError, `${name} must be a positive integer, got 0`);
  }
  await assertRejects(() => make({ rho: 2 }), RangeError, "rho must be in [0, 1]");
  await assertRejects(() => make({ imageShape: [8, 8, 5] }), RangeError, "at most 4 channels");
  await assertRejects(
    () => make({ loss: "hinge" }),
    RangeError,
    `unknown loss "hinge", known are ce, dlr, targeted-dlr`,
  );
  await assertRejects(() => make({ classes: 3 }), RangeError, "expected logits of shape [2, 3], got [2, 10]");
});

Deno.test("checkIntervals() gives the checks of 100 iterations", () => {
  const { first, min, decrease } = checkIntervals(100);
  const checks: number[] = [];
  for (let at = first, k = first; at <= 100; at += k = Math.max(k - decrease, min)) checks.push(at);
  assertEquals(checks, [22, 41, 57, 70, 80, 87, 93, 99]);
});

/** The loss of one example and its gradient, in float64. */
function landscapeOf(loss: ApgdLoss, label: number, target: number): Landscape {
  const variable = new Variable("image", f32(1, ...SHAPE));
  const [y, t] = [label, target].map((v) => new Variable("class", u32(1), Uint32Array.of(v)));
  const { graph, result } = trace(() => {
    const x = asTensor(variable), z = logits(x);
    const value = loss === "ce"
      ? crossEntropy(z, y)
      : loss === "dlr"
      ? dlr(z, y)
      : targetedDlr(z, y, { targets: t });
    return [value, ...gradients(sumAll(value), [x])];
  });
  return (x) => {
    const state = new Map([[variable, { shape: variable.shape, data: x }]]);
    const [value, gradient] = evaluateReference(graph, result, state);
    return { loss: value.data[0], gradient: gradient.data };
  };
}

async function statuses(gpu: Gpu, { inputs }: Apgd): Promise<number[]> {
  return [...await read(gpu, inputs.slot)].filter((_, k) => k % 4 === 0);
}

/** Whether the first images are within eps of their originals. */
function assertWithin(found: Float32Array, { norm, eps }: { norm: "Linf" | "L2"; eps: number }): void {
  for (let b = 0; b < found.length / SIZE; b++) {
    const pixels = found.subarray(b * SIZE, (b + 1) * SIZE);
    assert(pixels.every((v) => v >= 0 && v <= 1), `image ${b} leaves the pixel range`);
    const delta = Float64Array.from(pixels, (v, k) => v - images[b * SIZE + k]);
    const distance = norm === "L2"
      ? Math.sqrt(delta.reduce((sum, d) => sum + d * d, 0))
      : delta.reduce((largest, d) => Math.max(largest, Math.abs(d)), 0);
    assert(distance <= eps + 1e-6, `image ${b} is ${distance} away`);
  }
}

function assertSameOutcomes(found: Outcomes, expected: Outcomes): void {
  assertEquals(found.misclassified, expected.misclassified);
  assertSameBits("scores", found.score, expected.score);
  assertSameBits("images", found.images, expected.images);
}
