/** A small network on disk, generated images and a device that only pretends, for the tests of this folder. */

import type { AutoAttackResult } from "../../attacks/autoattack/types.ts";
import { planted } from "../../datasets/planted.ts";
import { ohwiToOihw } from "../../engine/layout.ts";
import { resnet, type ResnetConfig } from "../../engine/nn/resnet.ts";
import { encodeSafetensors, type HostTensor } from "../../engine/safetensors.ts";
import { FAKE_ADAPTER } from "../testing.ts";
import type { AttackDevice, OpenAttackDevice } from "./device.ts";

/** The network of these tests. */
export const TINY: ResnetConfig = { arch: "resnet8", widths: [4, 4, 8], classes: 10 };

/** Images of the data folder that {@linkcode writeInputs} makes. */
export const TEST_SIZE = 12;

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

/** Writes weights and a run folder of planted data; gives back the words that name both. */
export async function writeInputs(dir: string, tensors = untrained(TINY)): Promise<string[]> {
  await Deno.writeFile(`${dir}/net.safetensors`, encodeSafetensors(tensors));
  const dataset = { name: "planted", size: 12, trainSize: 10, testSize: TEST_SIZE, pixelNoiseLabel: "8/255" };
  const { sha256 } = planted({ size: 12, trainSize: 10, testSize: TEST_SIZE });
  await Deno.mkdir(`${dir}/run`, { recursive: true });
  const manifest = { preset: { dataset }, identity: { dataset: { name: "planted", sha256 } } };
  await Deno.writeTextFile(`${dir}/run/run.json`, JSON.stringify(manifest));
  return [`--weights=${dir}/net.safetensors`, "--arch=resnet8", `--data=${dir}/run`];
}

/** What an evaluation of `n` images of 12 x 12 could have found: all but the first are correct, every third is robust. */
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
      kernelVariant: "buffer",
      peakBytes: () => 4096,
      kernelChoices: () => ({}),
      attack,
      close: () => {},
    });
}
