import { assert, assertEquals, assertGreater, assertLess, assertNotEquals, assertRejects } from "@std/assert";
import type { Checkpoint } from "../../engine/files/checkpoint.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { add, scale } from "../../engine/ops/arithmetic.ts";
import { randomImages } from "../../engine/ops/random_images.ts";
import { softmax } from "../../engine/ops/softmax.ts";
import { stream } from "../../common/random.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { CLASSES, judgeOnHost, logits, noiseImages, SHAPE, SIZE } from "../testing/classifier.ts";
import type { LogitsFn } from "../threat_model/logits_fn.ts";
import { autoAttack } from "./autoattack.ts";
import type { AttackName, AutoAttackOptions, AutoAttackResult } from "./types.ts";
import type { AttackRun, Examples, StateStore } from "../evaluation/robustness_attack.ts";

const COUNT = 50;
const images = noiseImages(COUNT);
const predictions = judgeOnHost(images, new Uint32Array(COUNT)).predictions;
/** Every seventh is wrong from the start. */
const labels = predictions.map((y, i) => i % 7 === 0 ? (y + 1) % CLASSES : y);
const examples: Examples = { images, labels };

/** Few iterations and queries, and radii that some examples withstand. */
const SETTINGS = { Linf: 0.013, L2: 0.09 } as const;
const optionsFor = (norm: "Linf" | "L2", more: Partial<AutoAttackOptions> = {}): AutoAttackOptions => ({
  logits,
  classes: CLASSES,
  norm,
  eps: SETTINGS[norm],
  imageShape: SHAPE,
  seed: 0,
  iterations: 12,
  queries: 40,
  ...more,
});

const total = (bits: Uint8Array) => bits.reduce((sum, v) => sum + v, 0);

/** What does not depend on the iteration. */
const outcome = ({ clean, attacks, robust, images, perturbation, safety, warnings }: AutoAttackResult) => ({
  ...{ clean, robust, images, perturbation, safety, warnings },
  attacks: attacks.map(({ seconds: _, ...rest }) => rest),
});

for (const norm of ["Linf", "L2"] as const) {
  gpuTest(
    `autoAttack() in ${norm} finds images that fool, within eps, each attack on what is left`,
    async (gpu) => {
      const found = await autoAttack(gpu, optionsFor(norm), examples);
      assertEquals(found.clean, Uint8Array.from(labels, (y, i) => y === predictions[i] ? 1 : 0));
      assertEquals(found.attacks.map(({ name }) => name), ["apgd-ce", "apgd-t", "fab-t", "square"]);
      let left = found.clean;
      for (const { attacked, correct } of found.attacks) {
        assertEquals(attacked, total(left));
        correct.forEach((v, i) => assert(v <= left[i], `example ${i} became correct`));
        left = correct;
      }
      assertEquals(found.robust, left);
      assertGreater(total(found.robust), 0);
      assertLess(total(found.robust), total(found.clean));
      const judged = judgeOnHost(found.images, labels).predictions;
      found.robust.forEach((robust, i) => {
        const misclassified = found.clean[i] === 1 && robust === 0;
        const moved = Array.from(
          { length: SIZE },
          (_, k) => found.images[i * SIZE + k] - images[i * SIZE + k],
        );
        const distance = norm === "L2" ? Math.hypot(...moved) : Math.max(...moved.map(Math.abs));
        assertEquals(found.perturbation[i], Math.fround(distance));
        assertEquals(distance > 0, misclassified, `example ${i}`);
        assertLess(distance, SETTINGS[norm] + 1e-6);
        if (misclassified) {
          assertNotEquals(judged[i], labels[i]);
        }
      });
      assertEquals(found.safety.largestPerturbation > 0.5 * SETTINGS[norm], true);
      // The network is untrained: no logit is far from another.
      assertEquals(found.warnings.map(({ code }) => code), ["flat-logits"]);
    },
  );

  gpuTest(`autoAttack() in ${norm} is never above a member that runs alone`, async (gpu) => {
    const cascade = await autoAttack(gpu, optionsFor(norm), examples);
    for (const name of ["apgd-ce", "apgd-t", "fab-t", "square"] as const) {
      const { robust } = await autoAttack(gpu, optionsFor(norm, { attacks: [name] }), examples);
      cascade.robust.forEach((v, i) =>
        assert(v <= robust[i], `${name}: example ${i} is robust in the cascade alone`)
      );
    }
  });

  gpuTest(`autoAttack() in ${norm} gives every example the same bits in any batch and order`, async (gpu) => {
    const expected = outcome(await autoAttack(gpu, optionsFor(norm), examples));
    for (const batchSize of [7, 16, 50]) {
      assertEquals(
        outcome(await autoAttack(gpu, optionsFor(norm, { batchSize }), examples)),
        expected,
        `${batchSize}`,
      );
    }
    const numbers = Uint32Array.from({ length: COUNT }, (_, i) => COUNT - 1 - i);
    const turned = new Float32Array(COUNT * SIZE);
    numbers.forEach((from, to) => turned.set(images.subarray(from * SIZE, (from + 1) * SIZE), to * SIZE));
    const backwards = await autoAttack(gpu, optionsFor(norm, { batchSize: 16 }), {
      images: turned,
      labels: numbers.map((i) => labels[i]),
      numbers,
    });
    assertEquals(backwards.robust.toReversed(), expected.robust);
    numbers.forEach((i, at) =>
      assertEquals(
        backwards.images.subarray(at * SIZE, (at + 1) * SIZE),
        expected.images.subarray(i * SIZE, (i + 1) * SIZE),
        `example ${i}`,
      )
    );
  });
}

gpuTest("autoAttack() runs the attacks of the versions plus and rand", async (gpu) => {
  const options = { iterations: 4, queries: 5, batchSize: 16 };
  const plus = await autoAttack(gpu, optionsFor("L2", { version: "plus", ...options }), examples);
  const names = ["apgd-ce", "apgd-dlr", "fab", "square", "apgd-t", "fab-t"];
  assertEquals(plus.attacks.map(({ name }) => name), names as AttackName[]);
  const { robust } = await autoAttack(gpu, optionsFor("L2", { attacks: ["apgd-ce"], ...options }), examples);
  assertLess(total(plus.robust), total(robust) + 1);

  /** Adds noise that depends on the example and on how often it was asked. */
  const noisy: LogitsFn = (x, eot) => {
    const noise = randomImages(SHAPE, {
      examples: eot!.examples,
      step: eot!.sample,
      stream: stream(5, "noise"),
      distribution: "normal",
    });
    return logits(add(x, scale(noise, 0.02)));
  };
  const rand = (more: Partial<AutoAttackOptions>) =>
    autoAttack(gpu, optionsFor("L2", { version: "rand", logits: noisy, ...options, ...more }), examples);
  const found = await rand({});
  assertEquals(found.attacks.map(({ name }) => name), ["apgd-ce", "apgd-dlr"]);
  assertLess(total(found.robust), total(found.clean));
  assertEquals(outcome(await rand({ batchSize: 50 })), outcome(found), "whatever the batch");
  const standard = await rand({ version: "standard", attacks: ["apgd-ce"] });
  assert(
    standard.warnings.some(({ code }) => code === "randomised-model"),
    JSON.stringify(standard.warnings),
  );
});

/** Keeps checkpoints as a file would: by value. */
class Memory implements StateStore {
  kept: Checkpoint | null = null;
  saved = 0;
  load() {
    return Promise.resolve(this.kept === null ? null : structuredClone(this.kept));
  }
  save(checkpoint: Checkpoint) {
    this.kept = structuredClone(checkpoint);
    this.saved++;
    return Promise.resolve();
  }
}

/** Runs until the given number of savings, as often as it takes to come to the end. */
async function interrupted(gpu: Gpu, options: AutoAttackOptions, every: number): Promise<AutoAttackResult> {
  const state = new Memory();
  for (let tries = 0; tries < 500; tries++) {
    const stop = new AbortController(), last = state.saved + every;
    const run: AttackRun = {
      saveSeconds: 0,
      signal: stop.signal,
      state: {
        load: () => state.load(),
        save: async (checkpoint) => {
          await state.save(checkpoint);
          if (state.saved >= last) stop.abort();
        },
      },
    };
    try {
      return await autoAttack(gpu, options, examples, run);
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
  }
  throw new Error("never came to the end");
}

gpuTest("autoAttack() stopped again and again ends with the bits of an undisturbed run", async (gpu) => {
  for (const norm of ["Linf", "L2"] as const) {
    const options = optionsFor(norm, { batchSize: 16 });
    const expected = outcome(await autoAttack(gpu, options, examples));
    assertEquals(outcome(await interrupted(gpu, options, 3)), expected);
  }
});

gpuTest(
  "autoAttack() refuses the state of another evaluation, and leaves it alone",
  async (gpu) => {
    const state = new Memory(), options = optionsFor("Linf", { attacks: ["apgd-ce"], iterations: 3 });
    await autoAttack(gpu, options, examples, { state });
    const kept = structuredClone(state.kept), saved = state.saved;
    const other = { images: images.map((v) => 1 - v), labels };
    const cases: [Partial<AutoAttackOptions>, Examples, string][] = [
      [{ eps: 0.01 }, examples, "eps was 0.013 and is 0.01"],
      [{ seed: 1 }, examples, "seed was 0 and is 1"],
      [
        { attacks: ["square"] },
        examples,
        "attacks was apgd-ce restarts 1 targets 1 1 EOT samples and is square",
      ],
      [{}, other, "images was "],
      [
        { logits: (x) => scale(logits(x), 2) },
        examples,
        "the model gives example 0 other scores than when it began",
      ],
    ];
    for (const [more, given, message] of cases) {
      await assertRejects(
        () => autoAttack(gpu, { ...options, ...more }, given, { state }),
        RangeError,
        message,
      );
    }
    assertEquals(state.kept, kept);
    assertEquals(state.saved, saved);
    assertEquals((await autoAttack(gpu, options, examples, { state })).attacks.length, 1);
  },
);

gpuTest("autoAttack() tells of probabilities, of few targets and of what it does", async (gpu) => {
  const seen = new Set<string>();
  const few: AttackName[] = ["apgd-ce", "fab-t"];
  const { warnings } = await autoAttack(
    gpu,
    optionsFor("Linf", { logits: (x) => softmax(logits(x)), attacks: few, iterations: 2 }),
    examples,
    { onProgress: ({ attack, done, total }) => seen.add(`${attack} ${done <= total}`) },
  );
  assert(warnings.some(({ code }) => code === "probabilities-not-logits"), JSON.stringify(warnings));
  assertEquals([...seen].sort(), ["apgd-ce true", "fab-t true"]);
});

gpuTest("autoAttack() refuses what it cannot evaluate before it computes anything", async (gpu) => {
  const cases: [Partial<AutoAttackOptions>, string][] = [
    [{ eps: 0 }, "eps must be above 0 and at most 1, in pixel units of [0, 1], got 0"],
    [{ eps: 8 }, "got 8"],
    [{ norm: "L2", eps: -1 }, "eps must be above 0"],
    [{ apgdEps: 2 }, "got 2"],
    [{ batchSize: 0 }, "the batch size must be a positive integer, got 0"],
    [{ attacks: [] }, "the list is empty"],
    [{ attacks: ["square", "square"] }, "square is given twice"],
    [{ attacks: ["pgd" as AttackName] }, 'unknown attack "pgd", known are apgd-ce'],
    [{ version: "quick" as "rand" }, 'unknown version "quick", known are standard, plus, rand'],
    [{ classes: 3 }, "Cannot run apgd-t"],
    [{ classes: 11 }, "expected logits [50, 11]"],
  ];
  for (const [more, message] of cases) {
    const given = more.classes === 3 ? { images, labels: labels.map((y) => y % 3) } : examples;
    await assertRejects(() => autoAttack(gpu, optionsFor("Linf", more), given), RangeError, message);
  }
  await assertRejects(
    () => autoAttack(gpu, optionsFor("Linf"), { images: images.map((v) => 255 * v), labels }),
    RangeError,
    "divide 8-bit pixels by 255",
  );
});

gpuTest("autoAttack() frees what it took", async (gpu) => {
  const options = optionsFor("L2", { iterations: 2, queries: 3 });
  await autoAttack(gpu, options, examples);
  const before = gpu.buffers.liveBytes;
  await autoAttack(gpu, options, examples);
  assertEquals(gpu.buffers.liveBytes, before);
});
