/** The cascade and its members against outcomes of the official AutoAttack, where these are at hand. */

import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import type { Gpu } from "../../engine/device/device.ts";
import { resnet } from "../../engine/nn/resnet.ts";
import { loadWeights } from "../../engine/nn/weights.ts";
import { type HostTensor, readSafetensors } from "../../engine/files/safetensors.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { release } from "../../engine/graph/variables.ts";
import { autoAttack } from "./autoattack.ts";
import type { AttackName } from "./types.ts";

const FOLDER = new URL("../../../shared/reference/", import.meta.url);
const missing = await Deno.stat(FOLDER).then(() => false, () => true);
const path = (name: string) => new URL(name, FOLDER).pathname;

/** Official runs take all 128 images; docs/attacks.md has the same of ours. Here the first ones do, in seconds. */
const COUNT = { cascade: 16, alone: 40 } as const, SIZE = 32 * 32 * 3;

interface Reference {
  readonly weights: ReadonlyMap<string, HostTensor>;
  readonly images: Float32Array;
  readonly labels: Uint32Array;
  /** 1 where the official attack leaves the example correct. */
  correct(norm: string, attack: string): number[];
}

async function loadReference(count: number): Promise<Reference> {
  const { tensors: weights } = await readSafetensors(path("resnet8_linf.safetensors"));
  const { tensors } = await readSafetensors(path("resnet8_linf.autoattack.safetensors"));
  const x = tensors.get("x")!.data as Float32Array, images = new Float32Array(count * SIZE);
  for (let i = 0; i < images.length; i++) {
    const image = Math.floor(i / SIZE), pixel = Math.floor(i % SIZE / 3);
    images[i] = x[(image * 3 + i % 3) * 1024 + pixel];
  }
  const numbers = (name: string) => Array.from(tensors.get(name)!.data as ArrayLike<number | bigint>, Number);
  return {
    weights,
    images,
    labels: Uint32Array.from(numbers("y").slice(0, count)),
    correct: (norm, attack) => numbers(`${norm}.${attack}.correct`).slice(0, count),
  };
}

async function attackReference(
  gpu: Gpu,
  { weights, images, labels }: Reference,
  options: {
    norm: "Linf" | "L2";
    attacks?: readonly AttackName[];
    queries?: number;
    officialConstants?: boolean;
  },
) {
  const model = resnet({ arch: "resnet8", classes: 10 }, { seed: 0 });
  loadWeights(gpu, model, weights);
  const eps = options.norm === "Linf" ? 8 / 255 : 0.5;
  const found = await autoAttack(gpu, {
    logits: (x) => model.logits(x, { mode: "eval" }),
    classes: 10,
    eps,
    imageShape: [32, 32, 3],
    seed: 0,
    ...options,
  }, { images, labels });
  release(gpu, [...model.parameters, ...model.buffers]);
  assertLessOrEqual(found.safety.largestPerturbation, eps + 1e-5);
  return found;
}

/** In how many examples two outcomes differ. */
const differences = (found: Uint8Array, expected: readonly number[]) =>
  expected.filter((v, i) => v !== found[i]).length;

const total = (bits: ArrayLike<number>) => Array.from(bits).reduce((sum, v) => sum + v, 0);

/** A test that needs the reference; ignored, and said so, where that is absent. */
function referenceTest(name: string, run: (gpu: Gpu) => Promise<void>): void {
  if (!missing) return gpuTest(name, run, "texture");
  Deno.test({ name: `${name} (ignored: no reference data)`, ignore: true, fn: () => {} });
}

for (const norm of ["Linf", "L2"] as const) {
  referenceTest(
    `autoAttack() standard in ${norm} leaves as many images correct as the official one`,
    async (gpu) => {
      const reference = await loadReference(COUNT.cascade);
      const { robust, attacks, clean } = await attackReference(gpu, reference, { norm });
      const expected = reference.correct(norm, "standard");
      assertLessOrEqual(Math.abs(total(robust) - total(expected)), 1);
      assertLessOrEqual(differences(robust, expected), 1);
      for (const name of ["apgd-ce", "apgd-t", "fab-t", "square"]) {
        const alone = reference.correct(norm, name);
        assertLessOrEqual(total(robust), total(alone) + 1, name);
      }
      assertEquals(attacks[0].attacked, total(clean));
    },
  );

  referenceTest(
    `autoAttack() in ${norm} with one gradient attack leaves what the official one leaves`,
    async (gpu) => {
      const reference = await loadReference(COUNT.alone);
      // The cascade above runs without the official constants.
      for (const name of ["apgd-ce", "fab-t"] as const) {
        const run = { norm, attacks: [name], officialConstants: true };
        const { robust } = await attackReference(gpu, reference, run);
        const differing = differences(robust, reference.correct(norm, name));
        assert(differing <= 1, `${name}: ${differing} of ${COUNT.alone} differ`);
      }
    },
  );
}
