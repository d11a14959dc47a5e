import { type AugmentationConfig, checkAugmentation } from "../../datasets/augment.ts";
import { AUGMENTATION, AUGMENTATION_SECTIONS } from "../../datasets/augmentation_settings.ts";
import type { DatasetConfig } from "../../datasets/registered.ts";
import { datasetOf } from "../../datasets/registry.ts";
import {
  TRAINING,
  type TrainingConfig,
  type TrainingData,
  type TrainingDefaults,
} from "../../paradigms/training_settings.ts";
import type { Fields } from "../../settings/field.ts";
import type { SectionReader } from "../../settings/section_reader.ts";
import { makeOptimizer, makeSchedule } from "./recipe.ts";

/** What the defaults of a training depend on. */
export function trainingData(dataset: DatasetConfig): TrainingData {
  const found = datasetOf(dataset);
  return { imageSize: found.imageSize(dataset), mayFlip: found.mayFlip };
}

/**
 * Reads a training section.
 *
 * @throws {Error} If a key is unknown, of a wrong type or out of range.
 */
export function readTraining(
  section: SectionReader,
  { dataset, defaults, others = [] }: {
    dataset: DatasetConfig;
    defaults: TrainingDefaults;
    /** Keys of the section that are read elsewhere. */
    others?: readonly string[];
  },
): TrainingConfig {
  section.checkKeys(TRAINING, { others: ["augmentation", ...others] });
  const augmentation = readAugmentation(section.section("augmentation"), {
    dataset,
    defaults: defaults.augmentation,
  });
  const training = { ...section.fields(TRAINING, defaults), augmentation };
  const { batchSize, warmupEpochs, epochs, milestones, schedule } = training;
  if (milestones.some((epoch, i) => i > 0 && epoch <= milestones[i - 1])) {
    throw section.error("milestones", `must rise, given ${milestones.join(", ")}`);
  }
  if (schedule === "step" && milestones.length === 0) {
    throw section.error("milestones", "must name an epoch at least where the schedule is step, given none");
  }
  checkAtMost(section, "batchSize", {
    value: batchSize,
    limit: dataset.trainSize,
    what: "dataset.trainSize",
  });
  checkAtMost(section, "warmupEpochs", { value: warmupEpochs, limit: epochs, what: "epochs" });
  checkRecipe(section, training, dataset.trainSize);
  return training;
}

/**
 * Refuses what the optimiser or the schedule would refuse in every cell, and a training without any update.
 *
 * @param count Images of the set.
 * @throws {Error} If it is one of these.
 */
function checkRecipe(section: SectionReader, training: TrainingConfig, count: number): void {
  const { accumulate, batchSize, epochs } = training, batches = Math.floor(count / batchSize);
  const limit = epochs * batches;
  if (accumulate > limit) {
    throw section.error(
      "accumulate",
      `must be at most the ${limit} batches of a training on ${count} images, given ${accumulate}`,
    );
  }
  try {
    makeOptimizer(training);
    makeSchedule(training, batches);
  } catch (error) {
    if (error instanceof RangeError) throw section.error(null, `cannot be trained, ${error.message}`);
    throw error;
  }
}

/** Reads an augmentation; a step given as null is off, one that is not given stays as in `defaults`. */
export function readAugmentation(
  section: SectionReader,
  { dataset, defaults }: { dataset: DatasetConfig; defaults: AugmentationConfig },
): AugmentationConfig {
  section.checkKeys(AUGMENTATION, { others: Object.keys(AUGMENTATION_SECTIONS) });
  const step = <K extends keyof typeof AUGMENTATION_SECTIONS>(key: K): AugmentationConfig[K] => {
    if (section.isNull(key)) return null;
    if (!section.has(key)) return defaults[key];
    const inner = section.section(key),
      fields = AUGMENTATION_SECTIONS[key] as unknown as Fields<NonNullable<AugmentationConfig[K]>>;
    inner.checkKeys(AUGMENTATION_SECTIONS[key]);
    return inner.fields(fields, defaults[key] ?? {});
  };
  const plain = section.fields(AUGMENTATION, defaults);
  const { imageSize } = trainingData(dataset), what = "the image size";
  checkAtMost(section, "cropPadding", { value: plain.cropPadding, limit: imageSize, what });
  const config = { ...plain, resizedCrop: step("resizedCrop"), jitter: step("jitter"), blur: step("blur") };
  try {
    checkAugmentation(config, { height: imageSize, width: imageSize });
  } catch (error) {
    if (error instanceof RangeError) throw section.error(null, `cannot be done, ${error.message}`);
    throw error;
  }
  return config;
}

/** @throws {Error} If the value lies above its limit. */
export function checkAtMost(
  section: SectionReader,
  key: string,
  { value, limit, what }: { value: number; limit: number; what: string },
): void {
  if (value > limit) throw section.error(key, `must be at most ${what} ${limit}, given ${value}`);
}
