/** Small data, learners and trainers for the tests of this folder. All share their sizes, so that shaders compile once. */

import { NO_AUGMENTATION } from "../datasets/augment.ts";
import { type ImageSet, imageSet, subset } from "../datasets/types.ts";
import type { Gpu } from "../engine/device/device.ts";
import { constant } from "../engine/optim/schedules.ts";
import { sgd } from "../engine/optim/sgd.ts";
import { stream } from "../common/random.ts";
import { read, release } from "../engine/graph/variables.ts";
import type { MaeConfig } from "./mae.ts";
import { supervised, type SupervisedConfig } from "./supervised.ts";
import { Trainer, type TrainOptions } from "./train.ts";
import type { Learner } from "./types.ts";

const SIZE = 12, CLASSES = 10;

/** Noise with a grating whose direction is the class; independent of `planted`, whose images may come to differ. */
function gratings(name: string, count: number): ImageSet {
  const images = new Uint8Array(count * 3 * SIZE * SIZE);
  const random = stream(0, name);
  for (let i = 0; i < count; i++) {
    const angle = Math.PI * (i % CLASSES) / CLASSES, phase = 2 * Math.PI * random.uniform(0, i);
    const noise = random.fillNormal(1, new Float32Array(3 * SIZE * SIZE), { example: i });
    noise.forEach((v, at) => {
      const x = at % SIZE, y = Math.floor(at / SIZE) % SIZE;
      const wave = Math.cos(2.2 * (x * Math.cos(angle) + y * Math.sin(angle)) + phase);
      images[i * noise.length + at] = Math.min(255, Math.max(0, 128 + 25 * wave + 10 * v));
    });
  }
  const classNames = Array.from({ length: CLASSES }, (_, c) => `direction ${c}`);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % CLASSES);
  return imageSet({ name, classNames, height: SIZE, width: SIZE, images, labels });
}

/** Images of 12 x 12 that a small network learns in a few epochs. */
export const DATA = { train: gratings("train", 320), test: gratings("test", 100) };

/** Options of a learner for {@linkcode DATA}, without the seed. */
export const DATA_SIZES = { height: SIZE, width: SIZE, classes: CLASSES } as const;

const SMALL_ENCODER: SupervisedConfig = { encoder: { arch: "resnet8", widths: [4, 8, 8] } };

/** A masked autoencoder of two small blocks: of 16 patches in an image of 12 x 12, 4 are visible. */
export const SMALL_MAE: MaeConfig = {
  patchSize: 3,
  dim: 16,
  depth: 2,
  heads: 2,
  mlpRatio: 2,
  decoderDim: 8,
  decoderDepth: 1,
  decoderHeads: 2,
  maskRatio: 0.75,
  normalisePixels: false,
  pixelRange: [0, 1],
  pooling: "cls",
};

/** 64 training images: four steps an epoch. */
export const FEW: ImageSet = subset(DATA.train, 64);

/** An untrained ResNet of 4, 8 and 8 channels. */
export function smallLearner(seed = 0): Learner {
  return supervised.create(SMALL_ENCODER, { ...DATA_SIZES, seed });
}

/** A trainer with everything switched on but the adversary, unless the test says otherwise. */
export function smallTrainer(gpu: Gpu, learner: Learner, own: Partial<TrainOptions> = {}): Promise<Trainer> {
  return Trainer.create(gpu, {
    learner,
    set: FEW,
    batchSize: 16,
    optimizer: sgd({ momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
    schedule: constant({ lr: 0.05 }),
    clipNorm: 1,
    augmentation: { ...NO_AUGMENTATION, cropPadding: 1, flip: true },
    seed: 0,
    ...own,
  });
}

/** Weights and running statistics by name. */
export async function valuesOf(
  gpu: Gpu,
  { parameters, buffers }: Learner,
): Promise<Map<string, ArrayLike<number>>> {
  const variables = [...parameters, ...buffers];
  const values = await Promise.all(variables.map((variable) => read(gpu, variable)));
  return new Map(variables.map(({ name }, i) => [name, values[i]]));
}

/** Frees the learners' memory. */
export function releaseAll(gpu: Gpu, ...learners: Learner[]): void {
  for (const { parameters, buffers } of learners) release(gpu, [...parameters, ...buffers]);
}

let trained: Promise<Learner> | undefined;

/** A network that has learnt its training set; trained once, and kept for all tests of a file. */
export function trainedLearner(gpu: Gpu): Promise<Learner> {
  return trained ??= (async () => {
    const learner = smallLearner();
    const trainer = await smallTrainer(gpu, learner, {
      set: DATA.train,
      augmentation: { ...NO_AUGMENTATION, cropPadding: 1 },
    });
    for (let epoch = 0; epoch < 8; epoch++) await trainer.epoch();
    trainer.dispose();
    return learner;
  })();
}
