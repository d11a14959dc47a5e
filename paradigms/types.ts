/** The type of paradigms: a paradigm is a way to train an encoder on images. */

import type { Picture } from "../datasets/picture.ts";
import type { ImageSet } from "../datasets/types.ts";
import type { Gpu } from "../engine/device/device.ts";
import type { Stateful } from "../engine/nn/model.ts";
import type { RandomSource } from "../engine/ops/random_images.ts";
import type { Tensor, Value } from "../engine/graph/tensor.ts";
import type { Fields } from "../settings/field.ts";
import type { TrainingData, TrainingDefaults } from "./training_settings.ts";

/** A batch as a training program sees it. */
export interface Batch {
  /** [B, H, W, 3] in [0, 1], as stored. */
  readonly images: Tensor;
  /** [B] u32. */
  readonly labels: Value;
  /**
   * The images under the training's augmentation, [B, H, W, 3] in [0, 1]. Each number is another draw; under
   * adversarial training view 0 is the attacked one.
   */
  view(number: number): Tensor;
  /** Random numbers for a purpose: functions of seed, purpose, epoch and each example's number alone. */
  random(purpose: string): RandomSource;
}

/** The result of one training step. */
export interface StepOutcome {
  /** To be minimised, []. */
  readonly loss: Tensor;
  /** 1 where the prediction was right, [B, 1]; null where the paradigm predicts no labels. */
  readonly correct: Tensor | null;
}

/** Rows of pictures that illustrate a paradigm. */
export interface Pictures {
  readonly title: string;
  /** Describes the columns or rows, in one sentence. */
  readonly caption: string;
  readonly rows: readonly { readonly label: string; readonly images: readonly Picture[] }[];
}

/** Options of pictures. */
export interface PictureOptions {
  /** Images to show; paradigms that generate ignore them. */
  readonly set: ImageSet;
  /** Columns. */
  readonly count: number;
  readonly seed: number;
}

/** Inputs of the loss of given images. */
export interface LossInputs {
  /** The images as they were before anything was changed, [B, H, W, 3] in [0, 1]. */
  readonly origin: Value;
  /** [B] u32; null where no labels are known. */
  readonly labels: Value | null;
  /** Random numbers for a purpose, the same at each call: functions of each example's number alone. */
  random(purpose: string): RandomSource;
  /** Projections of other images, [K, D], see {@linkcode Learner.projections}; null where the loss compares none. */
  readonly negatives: Value | null;
}

/** An encoder in training. Its functions are called while a program is recorded, unless said otherwise. */
export interface Learner extends Stateful {
  readonly featureSize: number;
  /** The loss of a batch, in training mode. */
  loss(batch: Batch): StepOutcome;
  /** Features [B, F] of images, in eval mode: they do not depend on the rest of the batch. */
  features(images: Tensor): Tensor;
  /**
   * The paradigm's loss of each image, [B, 1], in eval mode: an image's own, whatever else is in the batch.
   *
   * @param images [B, H, W, 3] in [0, 1].
   * @throws {RangeError} If labels or negatives are needed and absent.
   */
  exampleLoss(images: Tensor, inputs: LossInputs): Tensor;
  /** The projections that a contrastive loss compares, [B, D] of length 1, in eval mode; null if the paradigm compares nothing. */
  readonly projections: { readonly size: number; readonly of: (images: Tensor) => Tensor } | null;
  /** Scores [B, classes] in eval mode; null where the paradigm has no classifier of its own. */
  readonly logits: ((images: Tensor) => Tensor) | null;
  /** Records what follows the optimiser's update, an average of the weights; its variables are among `buffers`. */
  readonly afterUpdate?: () => void;
  /** Before each step's run: writes numbers that change with the step. */
  readonly prepare?: (gpu: Gpu, step: number) => void;
  /** Not while a program is recorded: pictures of the paradigm with its present weights. */
  readonly pictures?: (gpu: Gpu, options: PictureOptions) => Promise<Pictures>;
}

/** The images and labels a learner is made for. */
export interface CreateOptions {
  /** Weights are drawn from it. */
  readonly seed: number;
  /** Height of the images in pixels. */
  readonly height: number;
  readonly width: number;
  readonly classes: number;
}

/** The images, labels and batches that a configuration has to fit. */
export interface CheckedSizes extends Omit<CreateOptions, "seed"> {
  readonly batchSize: number;
}

/**
 * The registration of a paradigm, in a file of its own, `<method>_settings.ts`: no hash of code covers it, so that a help
 * text may change.
 */
export interface ParadigmSettings<Config> {
  /** Its name in presets, cells and records: "cl". */
  readonly name: string;
  /** Its name for readers: "contrastive learning (CL)". */
  readonly label: string;
  /** The module of its method, in this folder: "simclr.ts". */
  readonly module: string;
  /** Its keys in a preset; `encoder` and `training` are read for all paradigms alike. */
  readonly fields: Fields<Omit<Config, "encoder">>;
  /** Whether its settings hold an `encoder` of any registered architecture. */
  readonly takesEncoder: boolean;
  /** Whether its learner has `logits`; otherwise a probe classifies. */
  readonly classifies: boolean;
  /** Its training defaults. */
  training(data: TrainingData): TrainingDefaults;
  /** Key of the number of steps that its pictures take, where they take any. */
  readonly pictureSteps?: keyof Config & string;
  /** Cost of training on an image, in units of supervised training; decides only the order of cells. Default: 1. */
  readonly cost?: number;
}

/** A paradigm: makes learners. */
export interface Paradigm<Config> {
  /**
   * Refuses what could not be trained, before anything is.
   *
   * @throws {RangeError} The message begins with the key.
   */
  check(config: Config, options: CheckedSizes): void;
  /** A new learner with weights drawn from the seed. */
  create(config: Config, options: CreateOptions): Learner;
}
