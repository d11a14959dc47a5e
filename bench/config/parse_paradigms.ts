import { NO_AUGMENTATION } from "../../datasets/augment.ts";
import { checkParadigm, type ParadigmSettings } from "../../paradigms/mod.ts";
import { cropAndFlip, readTraining, type TrainingDefaults } from "./parse_training.ts";
import type { Fields } from "./preset_field.ts";
import {
  type DatasetConfig,
  encoderOf,
  imageSize,
  type ModelConfig,
  type ParadigmsConfig,
} from "./preset.ts";
import { BLUR, JITTER, RESIZED_CROP } from "./preset_schema_augmentation.ts";
import { CL, DM, MIM } from "./preset_schema_paradigms.ts";
import { defaultsOf, type SectionReader } from "./_section_reader.ts";

/** Classes of the data sets that presets name. */
const CLASSES = 10;

const NAMES = ["cl", "mim", "dm"] as const;

/** Keys of a paradigm's own settings. */
const FIELDS = { cl: CL, mim: MIM, dm: DM } as const;

/**
 * Reads the paradigms beside supervised learning; those that are not named do not run.
 *
 * @throws {UsageError} If a key is unknown or a paradigm could not be trained as it is set.
 */
export function readParadigms(
  section: SectionReader,
  { dataset, model }: { dataset: DatasetConfig; model: ModelConfig },
): ParadigmsConfig {
  section.checkKeys(NAMES);
  const read = <N extends typeof NAMES[number]>(name: N): ParadigmsConfig[N] => {
    if (!section.has(name)) return null;
    const own = section.section(name), fields = FIELDS[name] as Fields<Record<string, unknown>>;
    own.checkKeys([...Object.keys(fields), "training"]);
    const config = own.fields(fields);
    const training = readTraining(own.section("training"), {
      dataset,
      defaults: trainingDefaults(name, dataset),
    });
    const settings = { name, config: name === "cl" ? { ...config, encoder: encoderOf(model) } : config };
    checkSettings(own, settings as unknown as ParadigmSettings, { dataset, batchSize: training.batchSize });
    return { ...config, training } as ParadigmsConfig[N];
  };
  return { cl: read("cl"), mim: read("mim"), dm: read("dm") };
}

/** @throws {UsageError} If the paradigm refuses its settings. */
function checkSettings(
  section: SectionReader,
  settings: ParadigmSettings,
  { dataset, batchSize }: { dataset: DatasetConfig; batchSize: number },
): void {
  const size = imageSize(dataset);
  try {
    checkParadigm(settings, { height: size, width: size, classes: CLASSES, batchSize });
  } catch (error) {
    if (error instanceof RangeError) throw section.error(null, `cannot be trained, ${error.message}`);
    throw error;
  }
}

/** Optimiser and augmentation as published; lengths and rates for small runs. Flips turn planted gratings. */
function trainingDefaults(name: typeof NAMES[number], dataset: DatasetConfig): TrainingDefaults {
  const flip = cropAndFlip(dataset).flip;
  switch (name) {
    case "cl":
      return {
        optimizer: "adam",
        lr: 1e-3,
        weightDecay: 1e-5,
        augmentation: {
          cropPadding: 0,
          flip,
          resizedCrop: defaultsOf(RESIZED_CROP),
          jitter: defaultsOf(JITTER),
          greyscale: 0.2,
          blur: defaultsOf(BLUR),
        },
      };
    case "mim":
      return {
        optimizer: "adamw",
        lr: 1e-3,
        betas: [0.9, 0.95],
        weightDecay: 0.05,
        augmentation: NO_AUGMENTATION,
      };
    case "dm":
      return {
        optimizer: "adam",
        lr: 1e-3,
        weightDecay: 0,
        clipNorm: 1,
        augmentation: { ...NO_AUGMENTATION, flip },
      };
  }
}
