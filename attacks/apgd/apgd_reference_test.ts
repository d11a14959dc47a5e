import { assert, assertLess, assertLessOrEqual } from "@std/assert";
import { join } from "node:path";
import type { Gpu } from "../../engine/device.ts";
import { nchwToNhwc } from "../../engine/layout.ts";
import { resnet } from "../../engine/nn/resnet.ts";
import { loadWeights } from "../../engine/nn/weights.ts";
import { stream } from "../../engine/random.ts";
import { getTensor, readSafetensors } from "../../engine/safetensors.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { release } from "../../engine/variables.ts";
import { STATUS } from "../slots/slot_attack.ts";
import { runAll } from "./_testing.ts";
import type { ApgdLoss } from "./apgd_options.ts";

const folder = join(
  Deno.env.get("REALFEATURES_SHARED") ?? join(import.meta.dirname!, "../../../shared"),
  "reference",
);
const present = await Deno.stat(join(folder, "resnet8_linf.autoattack.safetensors")).then(
  () => true,
  () => false,
);
const EPS = { Linf: 8 / 255, L2: 0.5 } as const;
const SHAPE = [32, 32, 3] as const, SIZE = 3072, CLASSES = 10;

function referenceTest(name: string, run: (gpu: Gpu) => Promise<void>): void {
  if (present) gpuTest(name, run);
  else Deno.test({ name: `${name} (ignored: no reference data)`, ignore: true, fn: () => {} });
}

/** The model and the images of the reference. */
async function open(gpu: Gpu) {
  const outcomes = await readSafetensors(join(folder, "resnet8_linf.autoattack.safetensors"));
  const model = resnet({ arch: "resnet8", classes: CLASSES }, { seed: 0 });
  loadWeights(gpu, model, (await readSafetensors(join(folder, "resnet8_linf.safetensors"))).tensors);
  const x = getTensor(outcomes, "x", { dtype: "F32" });
  const images = nchwToNhwc(x.data as Float32Array, x.shape);
  const integers = (name: string) => Uint32Array.from(outcomes.tensors.get(name)!.data, Number);
  const floats = (name: string) => getTensor(outcomes, name, { dtype: "F32" }).data as Float32Array;
  return { model, images, labels: integers("y"), integers, floats };
}

const DETERMINISTIC = [["ce", "apgd_ce_det"]] as [ApgdLoss, string][];

for (const norm of ["Linf", "L2"] as const) {
  for (const [loss, name] of DETERMINISTIC) {
    referenceTest(`Apgd climbs as the official code does, ${norm} ${loss}`, async (gpu) => {
      const { model, images, labels, integers, floats } = await open(gpu);
      const index = integers(`${norm}.apgd_det.index`);
      const clean = floats("clean_logits");
      const examples = {
        images: Float32Array.from([...index].flatMap((i) => [...images.subarray(i * SIZE, (i + 1) * SIZE)])),
        labels: Uint32Array.from(index, (i) => labels[i]),
        targets: Uint32Array.from(index, (i) => second(clean.subarray(i * CLASSES, (i + 1) * CLASSES))),
      };
      for (const iterations of [5, 10, 25, 100]) {
        const { score } = await runAll(gpu, {
          logits: (x) => model.logits(x, { mode: "eval" }),
          loss,
          goal: "maximise",
          norm,
          eps: EPS[norm],
          slots: 16,
          imageShape: SHAPE,
          iterations,
          randomStart: false,
          stream: stream(0, "apgd"),
          examples,
        });
        const expected = floats(`${norm}.${name}.loss_best.${iterations}`);
        const close = score.filter((v, i) =>
          Math.abs(v - expected[i]) <= 1e-2 * Math.abs(expected[i])
        ).length;
        const mean = (v: Float32Array) => v.reduce((sum, z) => sum + z, 0) / v.length;
        console.log(
          norm,
          loss,
          iterations,
          close,
          mean(score),
          mean(expected),
          [...score].slice(0, 4),
          [...expected].slice(0, 4),
        );
      }
      release(gpu, [...model.parameters, ...model.buffers]);
    });
  }
}

function second(logits: Float32Array): number {
  const order = [...logits.keys()].sort((a, b) => logits[b] - logits[a]);
  return order[1];
}
void assert;
void assertLess;
void assertLessOrEqual;
void STATUS;
