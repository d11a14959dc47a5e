/** The reference network and the official attack's outcomes, for the tests of this folder. */

import { join } from "node:path";
import type { Gpu } from "../../engine/device/device.ts";
import { nchwToNhwc } from "../../engine/arrays/layout.ts";
import type { Model } from "../../engine/nn/model.ts";
import { resnet } from "../../engine/nn/resnet.ts";
import { loadWeights } from "../../engine/nn/weights.ts";
import { getTensor, readSafetensors, type Safetensors } from "../../engine/files/safetensors.ts";
import type { LogitsFn } from "../threat_model/logits_fn.ts";
import { type SlotAttack, STATUS } from "../slots/slot_attack.ts";
import { read, write } from "../../engine/graph/variables.ts";

const shared = Deno.env.get("REALFEATURES_SHARED") ?? join(import.meta.dirname!, "../../../shared");
const folder = join(shared, "reference");

/** Whether the reference data are there. */
export const present = await Deno.stat(join(folder, "resnet8_linf.autoattack.safetensors")).then(
  () => true,
  () => false,
);

/** [H, W, C] of the reference images. */
export const SHAPE = [32, 32, 3] as const;
/** Numbers in one image. */
export const SIZE = 3072;
/** Classes of the network. */
export const CLASSES = 10;

/** The network with images [128, 32, 32, 3], labels [128] and targets [128, 9]: classes 2 to 10 by clean logits. */
export interface Reference {
  readonly model: Model;
  readonly logits: LogitsFn;
  readonly images: Float32Array;
  readonly labels: Uint32Array;
  readonly targets: Uint32Array;
  readonly outcomes: Safetensors;
}

/** Reads it. */
export async function readReference(gpu: Gpu): Promise<Reference> {
  const weights = await readSafetensors(join(folder, "resnet8_linf.safetensors"));
  const outcomes = await readSafetensors(join(folder, "resnet8_linf.autoattack.safetensors"));
  const model = resnet({ arch: "resnet8", classes: CLASSES }, { seed: 0 });
  loadWeights(gpu, model, weights.tensors);
  const x = getTensor(outcomes, "x", { dtype: "F32" });
  const z = getTensor(outcomes, "clean_logits", { dtype: "F32" }).data as Float32Array;
  const labels = integers(outcomes, "y");
  const targets = Array.from(labels, (_, i) => {
    const row = z.subarray(i * CLASSES, (i + 1) * CLASSES);
    return Array.from(row.keys()).sort((a, b) => row[b] - row[a]).slice(1);
  });
  return {
    model,
    logits: (images) => model.logits(images, { mode: "eval" }),
    images: nchwToNhwc(x.data as Float32Array, x.shape),
    labels,
    targets: Uint32Array.from(targets.flat()),
    outcomes,
  };
}

/** Whole numbers of the file. */
export function integers(file: Safetensors, name: string): Uint32Array {
  return Uint32Array.from(file.tensors.get(name)!.data as BigInt64Array, Number);
}

/** Fills the slots with examples of the reference, as many as there are slots. */
export function fillSlots(
  gpu: Gpu,
  { inputs }: SlotAttack,
  given: Reference & { numbers: Uint32Array },
): void {
  const { images, labels, targets, numbers } = given;
  const rows = <T extends Float32Array | Uint32Array>(data: T, size: number, out: T): T => {
    numbers.forEach((i, b) => out.set(data.subarray(i * size, (i + 1) * size), b * size));
    return out;
  };
  const n = numbers.length, each = inputs.targets.shape[1];
  const aims = Uint32Array.from(labels.keys()).reduce<number[]>((found, i) => {
    for (let t = 0; t < each; t++) found.push(targets[i * (CLASSES - 1) + t]);
    return found;
  }, []);
  write(gpu, inputs.origin, rows(images, SIZE, new Float32Array(n * SIZE)));
  write(gpu, inputs.labels, rows(labels, 1, new Uint32Array(n)));
  write(gpu, inputs.examples, numbers);
  write(
    gpu,
    inputs.targets,
    rows(Uint32Array.from(aims), each, new Uint32Array(n * each)),
  );
  write(gpu, inputs.slot, new Uint32Array(4 * n));
}

/** Iterations until every slot is done, and returns statuses and scores. */
export async function runToEnd(
  gpu: Gpu,
  attack: SlotAttack,
): Promise<{ statuses: number[]; scores: Float32Array; iterations: number }> {
  const slots = attack.inputs.slot.shape[0];
  for (let iteration = 1; iteration <= attack.maxIterations; iteration++) {
    attack.iterate(slots);
    if (iteration % 50 !== 0 && iteration < attack.maxIterations) continue;
    const rows = await read(gpu, attack.inputs.slot);
    const statuses = Array.from({ length: slots }, (_, b) => rows[4 * b]);
    if (statuses.some((status) => status === STATUS.running)) continue;
    return { statuses, scores: await read(gpu, attack.inputs.score) as Float32Array, iterations: iteration };
  }
  throw new Error(`${attack.name} still runs after its ${attack.maxIterations} iterations`);
}
