/** A small network on disk, generated images and a device that only pretends, for the tests of this folder. */

import { RUN_MANIFEST } from "../records/run_manifest.ts";
import type { AutoAttackResult } from "../../attacks/autoattack/types.ts";
import { planted } from "../../datasets/planted.ts";
import { type ImageSet, toFloat } from "../../datasets/types.ts";
import { gradients } from "../../engine/autograd/autograd.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { nchwToNhwc, ohwiToOihw } from "../../engine/arrays/layout.ts";
import { resnet, type ResnetConfig } from "../../engine/nn/resnet.ts";
import { exportWeights } from "../../engine/nn/weights.ts";
import { crossEntropy } from "../../engine/ops/cross_entropy.ts";
import { meanAll } from "../../engine/ops/reduce_sum.ts";
import { sgd } from "../../engine/optim/sgd.ts";
import { Program } from "../../engine/program/program.ts";
import { encodeSafetensors, type HostTensor } from "../../engine/files/safetensors.ts";
import { f32, u32 } from "../../engine/arrays/shape.ts";
import { Variable } from "../../engine/graph/tensor.ts";
import { release } from "../../engine/graph/variables.ts";
import { FAKE_ADAPTER, fakeManifest, NO_HASH } from "../testing.ts";
import type { AttackDevice, OpenAttackDevice } from "./device.ts";

/** The network of these tests. */
export const TINY: ResnetConfig = { arch: "resnet8", widths: [4, 4, 8], classes: 10 };

/** Images of the data folder that {@linkcode writeInputs} makes. */
export const TEST_SIZE = 12;

const IMAGES = { size: 12, trainSize: 10, testSize: TEST_SIZE };

/** The untrained weights of a network under PyTorch's names. */
export function untrained(config: ResnetConfig): Map<string, HostTensor> {
  const { parameters, buffers } = resnet(config, { seed: 1 });
  return new Map([...parameters, ...buffers].map(({ name, shape, spec, initial }): [string, HostTensor] => {
    if (spec.dtype === "u32") return [name, { dtype: "I64", shape, data: new BigInt64Array(initial.length) }];
    const values = Float32Array.from(initial);
    if (shape.length !== 4) return [name, { dtype: "F32", shape, data: values }];
    const [o, h, w, i] = shape;
    return [name, { dtype: "F32", shape: [o, i, h, w], data: ohwiToOihw(values, shape) }];
  }));
}

/** Writes weights and a run folder of planted data; gives back the args that name both. */
export async function writeInputs(
  dir: string,
  tensors: ReadonlyMap<string, HostTensor> = untrained(TINY),
): Promise<string[]> {
  await Deno.writeFile(`${dir}/net.safetensors`, encodeSafetensors(tensors));
  const dataset = { name: "planted", ...IMAGES, pixelNoiseLabel: "8/255" };
  const { sha256 } = planted(IMAGES);
  await Deno.mkdir(`${dir}/run`, { recursive: true });
  const surroundings = { codeHash: NO_HASH, adapter: "none", readPath: "buffer" };
  const identity = { ...surroundings, dataset: { name: "planted", sha256 } };
  const manifest = fakeManifest({ settings: { dataset }, identity });
  await Deno.writeTextFile(`${dir}/run/run.json`, RUN_MANIFEST.write(manifest));
  return [`--weights=${dir}/net.safetensors`, "--arch=resnet8", `--data=${dir}/run`];
}

/** A plausible result for `n` images of 12 x 12: all but the first are correct, every third is robust. */
export function fakeResult(n: number, own: Partial<AutoAttackResult> = {}): AutoAttackResult {
  const clean = Uint8Array.from({ length: n }, (_, i) => i === 0 ? 0 : 1);
  const robust = clean.map((bit, i) => i % 3 === 0 ? bit : 0);
  const safety = { largestPerturbation: 0.01, lowestPixel: 0, highestPixel: 0.75, notFinite: 0 };
  return {
    clean,
    attacks: [
      {
        name: "apgd-ce",
        attacked: n - 1,
        correct: clean.map((bit, i) => i < 4 ? 0 : bit),
        safety,
        seconds: 1.5,
      },
      {
        name: "square",
        attacked: n - 4,
        correct: robust.map((bit, i) => i < 4 ? 0 : bit),
        safety,
        seconds: 20,
      },
    ],
    robust: robust.map((bit, i) => i < 4 ? 0 : bit),
    images: new Float32Array(n * 12 * 12 * 3).fill(0.25),
    perturbation: new Float32Array(n).fill(0.01),
    safety,
    warnings: [],
    seconds: 22,
    ...own,
  };
}

/** A device whose attacks are a function of the test. */
export function fakeDevice(attack: AttackDevice["attack"]): OpenAttackDevice {
  return () =>
    Promise.resolve({
      adapter: FAKE_ADAPTER,
      driver: null,
      readPath: "buffer",
      peakBytes: () => 4096,
      variants: () => ({}),
      attack,
      close: () => {},
    });
}

/** A trained network and the images that it was trained on. */
export interface Network {
  readonly weights: ReadonlyMap<string, HostTensor>;
  readonly set: ImageSet;
}

/** Trains on the images of {@linkcode writeInputs}: a few steps for weights that are no round numbers, many to know all. */
export async function train(
  gpu: Gpu,
  { widths, steps }: { widths: readonly number[]; steps: number },
): Promise<Network> {
  const { test: set } = planted(IMAGES);
  const model = resnet({ ...TINY, widths }, { seed: 3 });
  const pixels = nchwToNhwc(toFloat(set), [set.count, 3, set.height, set.width]);
  const images = new Variable("images", f32(set.count, set.height, set.width, 3), pixels);
  const labels = new Variable("labels", u32(set.count), Uint32Array.from(set.labels));
  const optimizer = sgd({ momentum: 0.9 });
  const program = await Program.compile(gpu, "train", () => {
    const loss = meanAll(crossEntropy(model.logits(images, { mode: "train" }), labels));
    optimizer.step(model.parameters, gradients(loss, model.parameters));
    return { loss };
  });
  for (let step = 0; step < steps; step++) {
    optimizer.prepare(gpu, { step, learningRate: 0.1 });
    program.run();
  }
  const weights = await exportWeights(gpu, model);
  program.dispose();
  release(gpu, [...model.parameters, ...model.buffers, images, labels]);
  return { weights, set };
}
