/** Attacks on linear models over the scales of their logits: of these the exact answer is known. */

import type { Gpu } from "../../engine/device/device.ts";
import { mul } from "../../engine/ops/arithmetic.ts";
import type { Norm } from "../../engine/ops/example_norm.ts";
import { linear } from "../../engine/ops/linear.ts";
import { reshape } from "../../engine/ops/reshape.ts";
import { stream } from "../../common/random.ts";
import { f32 } from "../../engine/arrays/shape.ts";
import { type Tensor, Variable } from "../../engine/graph/tensor.ts";
import { release, write } from "../../engine/graph/variables.ts";
import { makeAttack } from "../autoattack/make_attack.ts";
import type { AttackName } from "../autoattack/types.ts";
import { fgsm } from "../pgd/fgsm.ts";
import { Pgd } from "../pgd/pgd.ts";
import { runSlots } from "../slots/run_slots.ts";
import { threatModel } from "../threat_model/threat_model.ts";

/** [H, W, C] of the images. */
export const SHAPE = [4, 4, 3] as const;
const SIZE = 48;

/** Images around mid-grey with labels, and the rows of a linear model that classifies all of them correctly. */
export interface LinearCase {
  readonly images: Float32Array<ArrayBuffer>;
  readonly labels: Uint32Array<ArrayBuffer>;
  /** [classes, SIZE]; there is no bias but that of `bias`. */
  readonly weight: Float32Array<ArrayBuffer>;
  readonly bias: Float32Array<ArrayBuffer>;
  readonly classes: number;
}

/** An attack by its name, those of AutoAttack and two more. */
export type AttackedBy = AttackName | "pgd" | "fgsm";

/**
 * Two classes that see opposite directions, and two that see nothing and never lead: every loss has the same direction,
 * and an image is robust if and only if its distance to the one plane, in the dual norm, exceeds eps.
 */
export function twoDirections(count: number): LinearCase {
  const random = stream(5, "linear model"), row = random.fillNormal(0, new Float32Array(SIZE));
  const weight = new Float32Array(4 * SIZE);
  row.forEach((v, i) => [weight[i], weight[SIZE + i]] = [v, -v]);
  const centre = row.reduce((sum, v) => sum + 0.5 * v, 0);
  return labelled({ weight, bias: Float32Array.of(-centre, centre, -8, -8), classes: 4 }, count);
}

/** Ten classes of random directions. */
export function randomDirections(count: number): LinearCase {
  const weight = stream(6, "linear model").fillNormal(0, new Float32Array(10 * SIZE));
  const bias = Float32Array.from(
    { length: 10 },
    (_, c) => -weight.subarray(c * SIZE, (c + 1) * SIZE).reduce((sum, v) => sum + 0.5 * v, 0),
  );
  return labelled({ weight, bias, classes: 10 }, count);
}

function labelled(model: Omit<LinearCase, "images" | "labels">, count: number): LinearCase {
  const noise = stream(7, "linear images").fillNormal(0, new Float32Array(count * SIZE));
  const images = noise.map((v) => 0.5 + 0.02 * v);
  const labels = Uint32Array.from({ length: count }, (_, i) => {
    const z = scoresOf(model, images.subarray(i * SIZE, (i + 1) * SIZE));
    return z.indexOf(Math.max(...z));
  });
  return { ...model, images, labels };
}

function scoresOf({ weight, bias }: Pick<LinearCase, "weight" | "bias">, image: Float32Array): number[] {
  return Array.from(bias, (b, c) => image.reduce((sum, v, i) => sum + v * weight[c * SIZE + i], b));
}

/** The distance of each image to the nearest plane between its label and another class, in a norm, in float64. */
export function exactDistances(model: LinearCase, norm: Norm): number[] {
  const { weight, images, classes } = model;
  return Array.from(model.labels, (label, i) => {
    const z = scoresOf(model, images.subarray(i * SIZE, (i + 1) * SIZE));
    const others = Array.from({ length: classes }, (_, c) => c).filter((c) => c !== label);
    return Math.min(...others.map((c) => {
      const normal = Array.from({ length: SIZE }, (_, k) => weight[label * SIZE + k] - weight[c * SIZE + k]);
      const dual = norm === "L2" ? Math.hypot(...normal) : normal.reduce((sum, v) => sum + Math.abs(v), 0);
      return dual === 0 ? Infinity : (z[label] - z[c]) / dual;
    }));
  });
}

/** What is run, on logits multiplied by each of the scales. */
export interface LinearRun {
  readonly norm: Norm;
  readonly eps: number;
  readonly scales: readonly number[];
  /** Default false. */
  readonly officialConstants?: boolean;
}

/** For each scale, 1 for each image that withstands the attack. */
export async function attackLinear(
  gpu: Gpu,
  name: AttackedBy,
  { model, scales, ...run }: LinearRun & { readonly model: LinearCase },
): Promise<number[][]> {
  const weight = new Variable("weight", f32(model.classes, SIZE), model.weight);
  const bias = new Variable("bias", f32(model.classes), model.bias), factor = new Variable("scale", f32(1));
  const logits = (x: Tensor) => mul(linear(reshape(x, [x.shape[0], SIZE]), weight, bias), factor);
  const found: number[][] = [];
  for (const scale of scales) {
    // Attacks take the model's variables for constants: each scale is compiled anew.
    write(gpu, factor, Float32Array.of(scale));
    const given = { ...run, logits };
    found.push(
      name === "pgd" || name === "fgsm"
        ? await underPgd(gpu, model, { ...given, single: name === "fgsm" })
        : await underSlots(gpu, model, { ...given, name }),
    );
  }
  release(gpu, [weight, bias, factor]);
  return found;
}

interface Given extends Omit<LinearRun, "scales"> {
  readonly logits: (images: Tensor) => Tensor;
}

async function underPgd(
  gpu: Gpu,
  { images, labels }: LinearCase,
  { norm, eps, logits, single }: Given & { readonly single: boolean },
): Promise<number[]> {
  const common = { logits, threatModel: threatModel(norm, eps), batchSize: labels.length, imageShape: SHAPE };
  const pgd = single
    ? await fgsm(gpu, common)
    : await Pgd.compile(gpu, { ...common, stepSize: eps / 2, steps: 20, stream: stream(0, "pgd") });
  pgd.setBatch({ images, labels, examples: labels.map((_, i) => i) });
  const { after } = await pgd.run();
  pgd.dispose();
  return [...after];
}

async function underSlots(
  gpu: Gpu,
  { images, labels, classes }: LinearCase,
  { norm, eps, officialConstants, logits, name }: Given & { readonly name: AttackName },
): Promise<number[]> {
  const targets = name.endsWith("-t") ? classes - 1 : 1, robust = new Array<number>(labels.length).fill(1);
  const attack = await makeAttack(gpu, { name, restarts: 1, targets, eotSamples: 1 }, {
    ...{ logits, classes, norm, eps, imageShape: SHAPE, slots: labels.length, seed: 0, iterations: 12 },
    ...{ queries: 60, ...(officialConstants && { officialConstants }) },
  });
  await runSlots(gpu, attack, {
    from: Array.from(labels.keys()),
    example: (i) => ({
      image: images.subarray(i * SIZE, (i + 1) * SIZE),
      label: labels[i],
      number: i,
      targets: Array.from({ length: classes }, (_, c) => c).filter((c) => c !== labels[i]).slice(0, targets),
    }),
    onFinished: ({ position, misclassified }) => {
      if (misclassified) robust[position] = 0;
    },
  });
  attack.dispose();
  return robust;
}
