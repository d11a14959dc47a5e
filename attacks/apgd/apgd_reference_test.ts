import { assert, assertLess, assertLessOrEqual } from "@std/assert";
import { join } from "node:path";
import type { Gpu } from "../../engine/device/device.ts";
import { nchwToNhwc } from "../../engine/arrays/layout.ts";
import { resnet } from "../../engine/nn/resnet.ts";
import { loadWeights } from "../../engine/nn/weights.ts";
import { stream } from "../../common/random.ts";
import { getTensor, readSafetensors } from "../../engine/files/safetensors.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { release } from "../../engine/graph/variables.ts";
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

/** The official deterministic runs: which loss, under which name in the file; and whether with the official constants. */
const DETERMINISTIC: readonly (readonly [ApgdLoss, string, boolean])[] = [
  ["ce", "apgd_ce_det", true],
  ["ce", "apgd_ce_det", false],
  ["targeted-dlr", "apgd_dlr_targeted_det", false],
];

for (const norm of ["Linf", "L2"] as const) {
  for (const [loss, name, officialConstants] of DETERMINISTIC) {
    const title = `${norm} ${loss}${officialConstants ? ", official constants" : ""}`;
    // The file's figures after 5, 10, 25 and 100 iterations are of runs that long, not of points of one run.
    referenceTest(`Apgd climbs as the official code does, ${title}`, async (gpu) => {
      const { model, examples, floats } = await open(gpu, `${norm}.apgd_det.index`);
      for (const iterations of [5, 10, 25, 100]) {
        const { misclassified, score: found } = await runAll(gpu, {
          logits: (x) => model.logits(x, { mode: "eval" }),
          classes: CLASSES,
          loss,
          officialConstants,
          goal: "maximise",
          norm,
          eps: EPS[norm],
          slots: examples.labels.length,
          imageShape: SHAPE,
          iterations,
          randomStart: false,
          stream: stream(0, "apgd"),
          examples,
        });
        const expected = floats(`${norm}.${name}.loss_best.${iterations}`);
        // Log odds as the cross-entropy that they stand for.
        const score = loss === "ce" && !officialConstants
          ? found.map((v) => Math.log1p(9 * Math.exp(v)))
          : found;
        assert(!misclassified.includes(true), `${title}, ${iterations} iterations`);
        const far = score.filter((v, i) => Math.abs(v - expected[i]) > 1e-2 * Math.abs(expected[i])).length;
        if (iterations <= 10) assertLessOrEqual(far, 1, title);
        assertLess(Math.abs(mean(score) - mean(expected)), 0.02 * Math.abs(mean(expected)), title);
      }
      release(gpu, [...model.parameters, ...model.buffers]);
    });
  }

  referenceTest(`Apgd breaks as many examples as the official code, ${norm} ce`, async (gpu) => {
    const { model, examples, integers, floats } = await open(gpu);
    const { misclassified } = await runAll(gpu, {
      logits: (x) => model.logits(x, { mode: "eval" }),
      classes: CLASSES,
      loss: "ce",
      norm,
      eps: EPS[norm],
      slots: 32,
      imageShape: SHAPE,
      stream: stream(0, "apgd"),
      examples,
    });
    const clean = floats("clean_logits");
    misclassified.forEach((found, i) => {
      const [first] = ranked(clean.subarray(i * CLASSES, (i + 1) * CLASSES));
      if (first !== examples.labels[i]) {
        assert(found, `example ${i}, wrong from the start`);
      }
    });
    const robust = misclassified.filter((found) => !found).length;
    const expected = integers(`${norm}.apgd-ce.correct`).reduce((sum, right) => sum + right, 0);
    assertLessOrEqual(Math.abs(robust - expected), 2, `${robust} withstand, ${expected} in the reference`);
    release(gpu, [...model.parameters, ...model.buffers]);
  });
}

function referenceTest(name: string, run: (gpu: Gpu) => Promise<void>): void {
  if (present) gpuTest(name, run, "texture");
  else Deno.test({ name: `${name} (ignored: no reference data)`, ignore: true, fn: () => {} });
}

/** The model, and the examples of the reference that an entry of the file lists, or all. */
async function open(gpu: Gpu, list?: string) {
  const file = await readSafetensors(join(folder, "resnet8_linf.autoattack.safetensors"));
  const model = resnet({ arch: "resnet8", classes: CLASSES }, { seed: 0 });
  loadWeights(gpu, model, (await readSafetensors(join(folder, "resnet8_linf.safetensors"))).tensors);
  const integers = (name: string) => Uint32Array.from(file.tensors.get(name)!.data, Number);
  const floats = (name: string) => getTensor(file, name, { dtype: "F32" }).data as Float32Array;
  const labels = integers("y"), clean = floats("clean_logits"), x = getTensor(file, "x", { dtype: "F32" });
  const all = nchwToNhwc(x.data as Float32Array, x.shape);
  const index = list === undefined ? labels.map((_, i) => i) : integers(list);
  const images = new Float32Array(index.length * SIZE);
  index.forEach((i, b) => images.set(all.subarray(i * SIZE, (i + 1) * SIZE), b * SIZE));
  const examples = {
    images,
    labels: index.map((i) => labels[i]),
    // The second most likely class.
    targets: index.map((i) => ranked(clean.subarray(i * CLASSES, (i + 1) * CLASSES))[1]),
  };
  return { model, examples, integers, floats };
}

/** Classes by falling logit. */
function ranked(logits: Float32Array): number[] {
  return [...logits.keys()].sort((a, b) => logits[b] - logits[a]);
}

function mean(values: Float32Array): number {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}
