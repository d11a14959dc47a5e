import { assertEquals, assertLess } from "@std/assert";
import { join } from "node:path";
import { gradients } from "../autograd/autograd.ts";
import { sgd } from "../optim/sgd.ts";
import { nchwToNhwc } from "../arrays/layout.ts";
import { crossEntropy } from "../ops/cross_entropy.ts";
import { meanAll, sumAll } from "../ops/reduce_sum.ts";
import { Program } from "../program/program.ts";
import { getTensor, type HostTensor, readSafetensors, type Safetensors } from "../files/safetensors.ts";
import { f32, u32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release, write } from "../graph/variables.ts";
import type { Gpu, ReadPath } from "../device/device.ts";
import type { Model } from "./model.ts";
import { resnet } from "./resnet.ts";
import { exportWeights, loadWeights } from "./weights.ts";

const shared = Deno.env.get("REALFEATURES_SHARED") ?? join(import.meta.dirname!, "../../../shared");
const folder = join(shared, "reference");
const present = await Deno.stat(join(folder, "resnet8_linf.safetensors")).then(() => true, () => false);

for (const readPath of ["buffer", "texture"] as const) {
  referenceTest(
    "resnet() computes PyTorch's logits, features and input gradients",
    readPath,
    compareOutcomes,
  );
  referenceTest(
    "resnet() trains along PyTorch's trajectory as far as rounding allows",
    readPath,
    compareTrajectory,
  );
}

function referenceTest(name: string, readPath: ReadPath, run: (gpu: Gpu) => Promise<void>): void {
  if (present) gpuTest(`${name}, ${readPath}`, run, readPath);
  else Deno.test({ name: `${name}, ${readPath} (ignored: no reference data)`, ignore: true, fn: () => {} });
}

/** Steps of the trajectory whose losses are held to what rounding alone brings. */
const FIRST_STEPS = 5;

const CLASSES = 10, SIDE = 32, PIXELS = SIDE * SIDE;

async function compareOutcomes(gpu: Gpu): Promise<void> {
  const weights = await readSafetensors(join(folder, "resnet8_linf.safetensors"));
  const outcomes = await readSafetensors(join(folder, "resnet8_linf.autoattack.safetensors"));
  const model = resnet({ arch: "resnet8", classes: CLASSES }, { seed: 0 });
  loadWeights(gpu, model, weights.tensors);
  const x = nhwc(getTensor(outcomes, "x", { dtype: "F32" }).data);
  const y = labels(outcomes.tensors.get("y")!);
  const images = new Variable("images", f32(y.length, SIDE, SIDE, 3), x);
  const forward = await Program.compile(gpu, "reference forward", () => ({
    logits: model.logits(images, { mode: "eval" }),
    features: model.features(images, { mode: "eval" }),
  }));
  forward.run();
  for (const name of ["logits", "features"]) {
    const expected = getTensor(outcomes, `clean_${name}`, { dtype: "F32" }).data;
    assertLess(largestDifference(await forward.read(name), expected), 1e-3, name);
  }
  const few = 16;
  const first = new Variable("first images", f32(few, SIDE, SIDE, 3), x.subarray(0, few * PIXELS * 3));
  const firstLabels = new Variable("first labels", u32(few), y.subarray(0, few));
  const backward = await Program.compile(gpu, "reference gradient", () => {
    const loss = sumAll(crossEntropy(model.logits(first, { mode: "eval" }), firstLabels));
    return { grad: gradients(loss, [first])[0] };
  });
  backward.run();
  const expected = nhwc(getTensor(outcomes, "ce_input_grad_16", { dtype: "F32" }).data);
  assertLess(relativeDifference(await backward.read("grad"), expected), 1e-3, "input gradient");
  forward.dispose();
  backward.dispose();
  release(gpu, [...model.parameters, ...model.buffers, images, first, firstLabels]);
}

/**
 * Twenty steps with the same numbers, rounded differently. Training magnifies rounding so much that PyTorch cannot
 * follow its own stored trajectory: PyTorch 1.13 run again from the same weights misses the 20 losses by up to 0.021
 * with one thread, 0.023 with two, 0.025 in channels-last layout, 0.027 without mkldnn and 0.022 in float64, and the
 * final weights by 0.27 to 0.54 of a tensor's largest. Its first five losses it meets within 9.5e-4, in float64 it misses
 * the sixth by 1.2e-3. An earlier order of summation of ours met the first five within 7.5e-4, the present one within
 * 1.1e-3. So they are held to 1.5e-3, the others and the final weights to what PyTorch itself reaches. Momentum 0.85 instead of
 * 0.9 already fails (7e-3 at step 4, 0.078 in the losses, 0.29 in the weights), without Nesterov all the more.
 *
 * From buffers, which is slow on a software adapter, it takes the first five steps, where the band is narrow.
 */
async function compareTrajectory(gpu: Gpu): Promise<void> {
  const file = await readSafetensors(join(folder, "torch_ops.safetensors"));
  const { train } = JSON.parse(await Deno.readTextFile(join(folder, "torch_ops.json")));
  const model = resnet({ arch: train.arch, widths: train.widths, classes: CLASSES }, { seed: 0 });
  loadWeights(gpu, model, statesBelow(file, "train.init."));
  const images = new Variable("images", f32(train.batch, SIDE, SIDE, 3));
  const targets = new Variable("labels", u32(train.batch));
  const { momentum, nesterov, weight_decay: weightDecay } = train;
  const optimizer = sgd({ momentum, nesterov, weightDecay });
  const program = await Program.compile(gpu, "reference training", () => {
    const loss = meanAll(crossEntropy(model.logits(images, { mode: "train" }), targets));
    optimizer.step(model.parameters, gradients(loss, model.parameters));
    return { loss };
  });
  const x = nhwc(Float32Array.from(getTensor(file, "train.x", { dtype: "U8" }).data, (v) => v / 255));
  const y = labels(file.tensors.get("train.y")!);
  const order = labels(file.tensors.get("train.batches")!);
  const steps = gpu.readPath === "buffer" ? FIRST_STEPS : train.steps;
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const batch = order.subarray(step * train.batch, (step + 1) * train.batch);
    const pixels = new Float32Array(train.batch * PIXELS * 3);
    batch.forEach((from, to) =>
      pixels.set(x.subarray(from * PIXELS * 3, (from + 1) * PIXELS * 3), to * PIXELS * 3)
    );
    write(gpu, images, pixels);
    write(gpu, targets, batch.map((i) => y[i]));
    optimizer.prepare(gpu, { step, learningRate: train.lr });
    program.run();
    losses.push((await program.read("loss"))[0]);
  }
  const expected = getTensor(file, "train.losses", { dtype: "F32" }).data;
  const first = [losses, expected].map((all) => all.slice(0, FIRST_STEPS));
  assertLess(largestDifference(first[0], first[1]), 1.5e-3, "first losses");
  if (steps === train.steps) {
    assertLess(largestDifference(losses, expected), 0.03, "losses");
    await compareFinalWeights(gpu, model, file);
  }
  program.dispose();
  release(gpu, [
    ...model.parameters,
    ...model.buffers,
    ...optimizer.state,
    optimizer.scalars,
    images,
    targets,
  ]);
}

async function compareFinalWeights(gpu: Gpu, model: Model, file: Safetensors): Promise<void> {
  const found = await exportWeights(gpu, model);
  const final = statesBelow(file, "train.final.");
  const flatten = (tensors: ReadonlyMap<string, HostTensor>) =>
    model.parameters.flatMap((v) => [...numbers(tensors.get(v.name)!)]);
  assertLess(
    turn(flatten(statesBelow(file, "train.init.")), { found: flatten(found), expected: flatten(final) }),
    0.25,
    "weights",
  );
  for (const { name: buffer } of model.buffers) {
    const tensor = final.get(buffer)!;
    if (tensor.dtype === "I64") assertEquals(found.get(buffer), tensor, buffer);
    else assertLess(relativeDifference(numbers(found.get(buffer)!), numbers(tensor)), 0.2, buffer);
  }
}

/** Tensors whose names begin with `prefix`, without it. */
function statesBelow(file: Safetensors, prefix: string): Map<string, HostTensor> {
  const below = [...file.tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(below.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

function labels(tensor: HostTensor): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(tensor.data as BigInt64Array, Number);
}

function numbers(tensor: HostTensor): Float32Array {
  if (tensor.dtype !== "F32") throw new TypeError(`Cannot compare: expected F32, got ${tensor.dtype}`);
  return tensor.data;
}

/** Images [B, 3, 32, 32] as [B, 32, 32, 3]. */
function nhwc(data: Float32Array): Float32Array<ArrayBuffer> {
  return nchwToNhwc(data, [data.length / PIXELS / 3, 3, SIDE, SIDE]);
}

/** max |a - b|. */
function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assertEquals(a.length, b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
}

/** max |a - b| / max |b|. */
function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return largestDifference(a, b) / largestDifference(b, new Float32Array(b.length));
}

/** |found - expected| / |expected - from|, Euclidean: by how much of the way one arrived elsewhere. */
function turn(from: number[], { found, expected }: { found: number[]; expected: number[] }): number {
  const distance = (a: number[], b: number[]) => Math.sqrt(a.reduce((sum, v, i) => sum + (v - b[i]) ** 2, 0));
  return distance(found, expected) / distance(expected, from);
}
