/** The way of images from a data set in memory to a program on the device. */

import type { Gpu } from "../engine/device/device.ts";
import { loadImages } from "../engine/ops/load_images.ts";
import { type Stream, stream } from "../common/random.ts";
import { f32, u32 } from "../engine/arrays/shape.ts";
import { type Tensor, Variable } from "../engine/graph/tensor.ts";
import { bufferOf, release, write } from "../engine/graph/variables.ts";
import type { ImageSet } from "./types.ts";

/** Random crop and mirroring; none by default. */
export interface Augmentation {
  /** Pixels of zero padding before the crop. */
  readonly cropPadding: number;
  readonly flip: boolean;
  readonly stream: Stream;
}

const NONE: Augmentation = { cropPadding: 0, flip: false, stream: stream(0, "unused") };

/** Batches of one size from one set. Programs use `images()` and `labels`; `load` says which examples they hold. */
export class Feed {
  readonly set: ImageSet;
  readonly batchSize: number;
  /** [B]. */
  readonly labels: Variable;
  /** Numbers of the examples in the set, [B]. */
  readonly examples: Variable;
  /** []. */
  readonly epoch: Variable;
  readonly #gpu: Gpu;
  readonly #pixels: Variable;
  readonly #staging: {
    readonly values: Uint8Array | Float32Array;
    readonly words: Float32Array | Uint32Array;
  };
  readonly #labels: Uint32Array<ArrayBuffer>;

  /** @throws {RangeError} If the set is empty. */
  constructor(gpu: Gpu, set: ImageSet, { batchSize }: { batchSize: number }) {
    if (set.count === 0) throw new RangeError(`Cannot feed ${set.name}: it has no images`);
    this.#gpu = gpu;
    this.set = set;
    this.batchSize = batchSize;
    const size = 3 * set.height * set.width;
    if (set.images instanceof Float32Array) {
      const values = new Float32Array(batchSize * size);
      this.#staging = { values, words: values };
      this.#pixels = new Variable("feed pixels", f32(batchSize, size));
    } else {
      if (size % 4 !== 0) {
        throw new RangeError(
          `Cannot feed ${set.name}: 3 x ${set.height} x ${set.width} is not a multiple of 4`,
        );
      }
      const values = new Uint8Array(batchSize * size);
      this.#staging = { values, words: new Uint32Array(values.buffer) };
      this.#pixels = new Variable("feed pixels", u32(batchSize, size / 4));
    }
    this.#labels = new Uint32Array(batchSize);
    this.labels = new Variable("feed labels", u32(batchSize));
    this.examples = new Variable("feed examples", u32(batchSize));
    this.epoch = new Variable("feed epoch", u32());
    // Not when they are first used: how much memory is held must not depend on where a cell was stopped.
    for (const variable of [this.#pixels, this.labels, this.examples, this.epoch]) bufferOf(gpu, variable);
  }

  /** [H, W, 3]. */
  get imageShape(): readonly [number, number, number] {
    return [this.set.height, this.set.width, 3];
  }

  /**
   * Uploads a batch: `examples` names at most `batchSize` images of the set; a shorter batch is filled up with its
   * first image. `epoch` keys the augmentation.
   */
  load(examples: Uint32Array, { epoch = 0 }: { epoch?: number } = {}): void {
    const { images, labels, height, width } = this.set;
    const size = 3 * height * width;
    const numbers = new Uint32Array(this.batchSize);
    for (let b = 0; b < this.batchSize; b++) {
      const i = examples[b < examples.length ? b : 0];
      this.#staging.values.set(images.subarray(i * size, (i + 1) * size), b * size);
      this.#labels[b] = labels[i];
      numbers[b] = i;
    }
    write(this.#gpu, this.#pixels, this.#staging.words);
    write(this.#gpu, this.labels, this.#labels);
    write(this.#gpu, this.examples, numbers);
    write(this.#gpu, this.epoch, Uint32Array.of(epoch));
  }

  /** Records the decoding of the batch: [B, H, W, 3] in [0, 1]. */
  images(augmentation: Augmentation = NONE): Tensor {
    const { examples, epoch } = this;
    const { height, width } = this.set;
    return loadImages(this.#pixels, { height, width, examples, epoch, ...augmentation });
  }

  /** Frees its memory. */
  dispose(): void {
    release(this.#gpu, [this.#pixels, this.labels, this.examples, this.epoch]);
  }
}

/** 0..count-1 in pieces of `batchSize`; the last may be shorter. */
export function* inOrder(count: number, batchSize: number): Generator<Uint32Array<ArrayBuffer>> {
  for (let from = 0; from < count; from += batchSize) {
    yield Uint32Array.from({ length: Math.min(batchSize, count - from) }, (_, i) => from + i);
  }
}
