import { assert, assertEquals, assertRejects } from "@std/assert";
import { autoAttack, type AutoAttackResult } from "../attacks/autoattack/mod.ts";
import { imageSet } from "../datasets/types.ts";
import type { Gpu } from "../engine/device/device.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { DATA, trainedLearner } from "./_testing.ts";
import { evaluateClean } from "./evaluate.ts";
import type { AutoAttackFn } from "../attacks/autoattack/types.ts";
import { evaluateUnderAutoAttack, examplesOf } from "./evaluate_auto_attack.ts";

/** Two images of one row of two pixels. */
const SET = imageSet({
  name: "two",
  classNames: ["a", "b", "c"],
  height: 1,
  width: 2,
  images: Uint8Array.of(0, 51, 102, 153, 204, 255, 255, 0, 255, 0, 255, 0),
  labels: Uint8Array.of(2, 0),
});

Deno.test("examplesOf() gives pixels in [0, 1] with channels innermost, labels and numbers", () => {
  const { images, labels, numbers } = examplesOf(SET);
  assertEquals([...images.subarray(0, 6)].map((v) => Math.round(255 * v)), [0, 102, 204, 51, 153, 255]);
  assertEquals([[...labels], [...numbers!]], [[2, 0], [0, 1]]);
});

Deno.test("evaluateUnderAutoAttack() asks for the first images, and refuses more than there are", async () => {
  const asked: Parameters<AutoAttackFn>[] = [];
  const attack: AutoAttackFn = (...given) => {
    asked.push(given);
    return Promise.resolve({} as AutoAttackResult);
  };
  const evaluate = (images: number) =>
    evaluateUnderAutoAttack({} as Gpu, { logits: (x) => x, set: SET, batchSize: 250, attack }, {
      images,
      norm: "L2",
      eps: 0.5,
      seed: 3,
      version: "rand",
    });
  await evaluate(1);
  const [[, { logits: _, ...options }, examples]] = asked;
  assertEquals(options, {
    norm: "L2",
    eps: 0.5,
    seed: 3,
    version: "rand",
    classes: 3,
    imageShape: [1, 2, 3],
    batchSize: 1,
  });
  assertEquals([examples.images.length, examples.labels.length], [6, 1]);
  await assertRejects(async () => await evaluate(3), RangeError, "it has 2 images, 3 were asked for");
});

gpuTest("evaluateUnderAutoAttack() finds no image robust that is wrong when clean", async (gpu) => {
  const { logits } = await trainedLearner(gpu);
  const options = { logits: logits!, set: DATA.test, batchSize: 20, attack: autoAttack };
  const { clean, robust, attacks, safety } = await evaluateUnderAutoAttack(gpu, options, {
    images: 20,
    norm: "L2",
    eps: 0.5,
    seed: 0,
    attacks: ["apgd-ce", "square"],
    iterations: 5,
    queries: 20,
  });
  assertEquals(clean, (await evaluateClean(gpu, options)).slice(0, 20));
  assert(robust.every((bit, i) => bit <= clean[i]) && robust.includes(0));
  assertEquals(attacks.map(({ name }) => name), ["apgd-ce", "square"]);
  assert(safety.largestPerturbation > 0.1 && safety.largestPerturbation <= 0.5 + 1e-5);
});
