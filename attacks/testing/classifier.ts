/** A small classifier and images for the tests of this folder. */

import type { Gpu } from "../../engine/device/device.ts";
import { createConv2d } from "../../engine/nn/conv2d.ts";
import { createLinear } from "../../engine/nn/linear.ts";
import { relu } from "../../engine/ops/relu.ts";
import { reshape } from "../../engine/ops/reshape.ts";
import { stream } from "../../common/random.ts";
import { read } from "../../engine/graph/variables.ts";
import { Pgd, type PgdOptions, type PgdOutcome } from "../pgd/pgd.ts";
import type { LogitsFn } from "../threat_model/logits_fn.ts";

/** [H, W, C] of the images. */
export const SHAPE = [8, 8, 3] as const;
/** Numbers in one image. */
export const SIZE = 192;
/** Classes of the classifier. */
export const CLASSES = 10;

const conv = createConv2d("conv", {
  inputs: 3,
  outputs: 8,
  kernel: 3,
  stride: 2,
  padding: 1,
  bias: true,
  seed: 1,
});
const head = createLinear("head", { inputs: 128, outputs: CLASSES, seed: 1 });

/** Untrained: convolution, relu, linear. Its predictions on random images vary, which is all that attacks need. */
export const logits: LogitsFn = (images) => {
  const hidden = relu(conv.apply(images));
  return head.apply(reshape(hidden, [images.shape[0], 128]));
};

/** `count` images of noise around mid-grey, NHWC; some pixels are at 0 and 1. */
export function noiseImages(count: number): Float32Array {
  const values = stream(3, "test images").fillNormal(0, new Float32Array(count * SIZE));
  return values.map((v) => Math.min(1, Math.max(0, 0.5 + 0.3 * v)));
}

/** The images, labels and numbers of some examples, filled up to a batch with the first one. */
export function batchOf(
  examples: Uint32Array,
  { images, labels, batchSize }: { images: Float32Array; labels: Uint32Array; batchSize: number },
): { images: Float32Array; labels: Uint32Array; examples: Uint32Array } {
  const numbers = Uint32Array.from({ length: batchSize }, (_, b) => examples[b < examples.length ? b : 0]);
  const pixels = new Float32Array(batchSize * SIZE);
  numbers.forEach((i, b) => pixels.set(images.subarray(i * SIZE, (i + 1) * SIZE), b * SIZE));
  return { images: pixels, labels: numbers.map((i) => labels[i]), examples: numbers };
}

/** What an attack on many batches came to, per example in the order of `images`. */
export interface AttackResult extends PgdOutcome {
  /** Where the last restart ended, NHWC. */
  readonly images: Float32Array;
}

/** Options of {@linkcode attackAll}: PGD's, the examples, and the order in which they come. */
export type AttackAllOptions = Omit<PgdOptions, "logits" | "imageShape" | "stream"> & {
  readonly images: Float32Array;
  readonly labels: Uint32Array;
  readonly order?: Uint32Array;
};

/** Attacks all images, batch by batch. */
export async function attackAll(gpu: Gpu, options: AttackAllOptions): Promise<AttackResult> {
  const { images, labels, order = labels.map((_, i) => i), ...pgdOptions } = options;
  const pgd = await Pgd.compile(gpu, {
    logits,
    imageShape: SHAPE,
    stream: stream(0, "attack"),
    ...pgdOptions,
  });
  const n = labels.length, { batchSize } = options;
  const result = {
    before: new Uint8Array(n),
    after: new Uint8Array(n),
    distance: new Float32Array(n),
    diagnostics: new Uint8Array(n),
    images: new Float32Array(n * SIZE),
  };
  for (let from = 0; from < n; from += batchSize) {
    const examples = order.slice(from, from + batchSize);
    pgd.setBatch(batchOf(examples, { images, labels, batchSize }));
    const found = await pgd.run();
    const ends = await read(gpu, pgd.walk.images);
    examples.forEach((i, b) => {
      result.before[i] = found.before[b];
      result.after[i] = found.after[b];
      result.distance[i] = found.distance[b];
      result.diagnostics[i] = found.diagnostics[b];
      result.images.set(ends.subarray(b * SIZE, (b + 1) * SIZE) as Float32Array, i * SIZE);
    });
  }
  pgd.dispose();
  return result;
}

/** The classifier once more, in float64 on the host: predicted classes and losses. */
export function judgeOnHost(
  images: Float32Array,
  labels: ArrayLike<number>,
): { predictions: Uint32Array; losses: number[] } {
  const count = images.length / SIZE;
  const predictions = new Uint32Array(count), losses: number[] = [];
  const [kernel, convBias] = conv.parameters, [weight, bias] = head.parameters;
  for (let i = 0; i < count; i++) {
    const x = images.subarray(i * SIZE, (i + 1) * SIZE);
    const hidden = new Float64Array(128);
    for (let at = 0; at < 128; at++) {
      const o = at % 8, column = Math.floor(at / 8) % 4, row = Math.floor(at / 32);
      let sum = convBias.initial[o];
      for (let tap = 0; tap < 27; tap++) {
        const c = tap % 3,
          v = 2 * row + Math.floor(tap / 9) - 1,
          u = 2 * column + Math.floor(tap / 3) % 3 - 1;
        if (v >= 0 && v < 8 && u >= 0 && u < 8) sum += kernel.initial[o * 27 + tap] * x[(v * 8 + u) * 3 + c];
      }
      hidden[at] = Math.max(0, sum);
    }
    const z = Array.from(
      { length: CLASSES },
      (_, c) => hidden.reduce((sum, h, at) => sum + h * weight.initial[c * 128 + at], bias.initial[c]),
    );
    const largest = Math.max(...z);
    predictions[i] = z.indexOf(largest);
    losses.push(largest + Math.log(z.reduce((sum, v) => sum + Math.exp(v - largest), 0)) - z[labels[i]]);
  }
  return { predictions, losses };
}
