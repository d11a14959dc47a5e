/** The model under attack: its logits, for any number of images. */

import { gradients } from "../../engine/autograd/autograd.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { asTensor } from "../../engine/graph/graph.ts";
import { exampleNorm } from "../../engine/ops/example_norm.ts";
import { fill } from "../../engine/ops/fill.ts";
import { Program } from "../../engine/program/program.ts";
import { f32, formatShape, sameShape, sizeOf, u32 } from "../../engine/arrays/shape.ts";
import { Variable } from "../../engine/graph/tensor.ts";
import { release, write } from "../../engine/graph/variables.ts";
import type { ApgdLoss } from "../apgd/apgd_options.ts";
import { lossOf } from "../apgd/loss_of.ts";
import type { AutoAttackOptions } from "./types.ts";

/** Images to classify. */
export interface ClassifierInput {
  /** [m, H, W, C]. */
  readonly images: Float32Array;
  /** Numbers of the examples, [m]; they key a randomised model's random numbers. */
  readonly numbers: Uint32Array;
  /** Which EOT sample of the same images. Default 0. */
  readonly sample?: number;
}

interface Batch {
  readonly images: Variable;
  readonly numbers: Variable;
  readonly sample: Variable;
}

/** A compiled forward pass, batch by batch. */
export class LogitsProgram {
  readonly classes: number;
  readonly #gpu: Gpu;
  readonly #program: Program;
  readonly #batch: Batch;

  private constructor(gpu: Gpu, program: Program, parts: { classes: number; batch: Batch }) {
    this.#gpu = gpu;
    this.#program = program;
    this.classes = parts.classes;
    this.#batch = parts.batch;
  }

  /**
   * Compiles the forward pass.
   *
   * @throws {RangeError} If the logits are not [B, classes].
   */
  static async compile(
    gpu: Gpu,
    { logits, classes, imageShape, batchSize }:
      & Pick<AutoAttackOptions, "logits" | "classes" | "imageShape">
      & {
        readonly batchSize: number;
      },
  ): Promise<LogitsProgram> {
    const batch = {
      images: new Variable("judged images", f32(batchSize, ...imageShape)),
      numbers: new Variable("judged numbers", u32(batchSize)),
      sample: new Variable("judged EOT sample", u32()),
    };
    const program = await Program.compile(gpu, "judge", () => {
      const z = logits(asTensor(batch.images), { examples: batch.numbers, sample: batch.sample });
      if (!sameShape(z.shape, [batchSize, classes])) {
        throw new RangeError(
          `Cannot attack the model: expected logits ${
            formatShape([batchSize, classes])
          } of ${batchSize} images ` +
            `and ${classes} classes, got ${formatShape(z.shape)}`,
        );
      }
      return { z };
    }, { perExample: [batch.images, batch.numbers], varying: [batch.sample], keepConstants: true });
    return new LogitsProgram(gpu, program, { classes, batch });
  }

  /** Scores of images, [m, classes]. */
  async logits({ images, numbers, sample = 0 }: ClassifierInput): Promise<Float32Array<ArrayBuffer>> {
    const { batch } = { batch: this.#batch },
      [batchSize] = batch.images.shape,
      size = sizeOf(batch.images.shape.slice(1));
    const all = new Float32Array(numbers.length * this.classes);
    write(this.#gpu, batch.sample, Uint32Array.of(sample));
    for (let from = 0; from < numbers.length; from += batchSize) {
      const count = Math.min(batchSize, numbers.length - from);
      const pixels = new Float32Array(batchSize * size), whose = new Uint32Array(batchSize);
      pixels.set(images.subarray(from * size, (from + count) * size));
      whose.set(numbers.subarray(from, from + count));
      write(this.#gpu, batch.images, pixels);
      write(this.#gpu, batch.numbers, whose);
      this.#program.run({ examples: count });
      const z = await this.#program.read("z") as Float32Array;
      all.set(z.subarray(0, count * this.classes), from * this.classes);
    }
    return all;
  }

  /** Frees its memory. */
  dispose(): void {
    this.#program.dispose();
    release(this.#gpu, Object.values(this.#batch));
  }
}

/** What {@linkcode predict} says of scores that are not finite: no class, so that no label is right. */
export const NO_CLASS = 2 ** 32 - 1;

/** The class of the first largest logit in each row; {@linkcode NO_CLASS} where a logit is not finite. */
export function predict(logits: Float32Array, classes: number): Uint32Array {
  return Uint32Array.from({ length: logits.length / classes }, (_, i) => {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    return row.every(Number.isFinite) ? row.reduce((best, z, c) => z > row[best] ? c : best, 0) : NO_CLASS;
  });
}

/** The wrong classes in descending order of their logits, [n, count]. */
export function rankTargets(
  logits: Float32Array,
  { labels, count }: { labels: Uint32Array; count: number },
): Uint32Array {
  const classes = logits.length / Math.max(1, labels.length), out = new Uint32Array(labels.length * count);
  labels.forEach((label, i) => {
    const z = (c: number) => logits[i * classes + c];
    const others = Array.from({ length: classes }, (_, c) => c).filter((c) => c !== label);
    others.sort((a, b) => z(b) - z(a) || a - b);
    out.set(others.slice(0, count), i * count);
  });
  return out;
}

/** The largest absolute value of each image's gradient of a loss, [m]; m is the batch. */
export async function largestGradients(
  gpu: Gpu,
  { logits, imageShape, loss, officialConstants }:
    & Pick<AutoAttackOptions, "logits" | "imageShape" | "officialConstants">
    & {
      readonly loss: ApgdLoss;
    },
  { images, numbers, labels, targets }: ClassifierInput & {
    readonly labels: Uint32Array;
    readonly targets: Uint32Array;
  },
): Promise<Float32Array> {
  const count = numbers.length;
  const variables = {
    images: new Variable("images", f32(count, ...imageShape), images),
    numbers: new Variable("numbers", u32(count), numbers),
    sample: new Variable("EOT sample", u32()),
    labels: new Variable("labels", u32(count), labels),
    targets: new Variable("targets", u32(count), targets),
  };
  const program = await Program.compile(gpu, "gradients", () => {
    const x = asTensor(variables.images);
    const scores = logits(x, { examples: variables.numbers, sample: variables.sample });
    const classes = { labels: variables.labels, target: variables.targets };
    const values = lossOf({ loss, officialConstants }, scores, classes);
    const [gradient] = gradients(values, [x], { seed: fill(values.shape, 1) });
    return { largest: exampleNorm(gradient, "Linf") };
  });
  try {
    program.run();
    return await program.read("largest") as Float32Array;
  } finally {
    program.dispose();
    release(gpu, Object.values(variables));
  }
}
