import { NO_AUGMENTATION } from "../../datasets/augment.ts";
import type { DatasetConfig } from "../../datasets/registered.ts";
import { datasetOf, DATASETS } from "../../datasets/registry.ts";
import { readPgd } from "../../paradigms/attacks/pgd_settings.ts";
import { EVALUATION_ATTACKS } from "../../paradigms/attacks/registry.ts";
import { checkEps, threatDefaults } from "../../paradigms/attacks/threat_settings.ts";
import { PARADIGMS } from "../../paradigms/registry.ts";
import type { TrainingConfig } from "../../paradigms/training_settings.ts";
import { amount } from "../../settings/amount.ts";
import type { AnyFields, Field, Fields } from "../../settings/field.ts";
import { SectionReader } from "../../settings/section_reader.ts";
import { UsageError } from "../../common/usage_error.ts";
import { checkModel, readEncoder, readParadigms, recipesOf } from "./parse_paradigms.ts";
import { checkAtMost, readAugmentation, readTraining, trainingData } from "./parse_training.ts";
import {
  type AdversarialTrainingConfig,
  type ConstructedSetName,
  type ConstructionConfig,
  type EvaluationConfig,
  FEATURE_SETS,
  type FeatureSetConfig,
  type Preset,
  type ProbeConfig,
} from "./preset.ts";
import * as schema from "./preset_schema.ts";
import { readYaml } from "./read_yaml.ts";

/** The choice among the registered data sets. */
export const DATASET_NAME: Field<string> = {
  kind: "choice",
  choices: DATASETS.map(({ name }) => name),
  default: DATASETS[0].name,
  help: "data set; each has keys of its own",
};

/** What each set is when nothing else is said. */
const SET_DEFAULTS = {
  "robust": { method: "feature-matching", encoder: "robust" },
  "non-robust": { method: "feature-matching", encoder: "standard", radius: amount(2) },
  "D_det": { method: "targeted-pgd", encoder: "standard", targets: "next-class" },
  "D_rand": { method: "targeted-pgd", encoder: "standard", targets: "random" },
} as const;

/**
 * Reads a preset and fills in every default.
 *
 * @param text YAML.
 * @param options.source Name of the file, for errors.
 * @throws {UsageError} If the text is not YAML, or a key is unknown, missing, of a wrong type or out of range.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parsePreset } from "./parse_preset.ts";
 * const preset = parsePreset("name: mine\ndescription: a try\n", { source: "mine.yaml" });
 * assertEquals(preset.training.epochs, 12);
 * ```
 */
export function parsePreset(text: string, options: { source: string }): Preset {
  const { source } = options, error = (message: string) => new UsageError(message);
  const root = new SectionReader(presetYaml(text, source), { text, source, error });
  root.checkKeys(schema.TOP, { others: schema.SECTIONS });
  const top = root.fields(schema.TOP);
  const dataset = readDataset(root.section("dataset"));
  const model = readEncoder(root.section("model"));
  const training = readTraining(root.section("training"), {
    dataset,
    defaults: PARADIGMS[0].training(trainingData(dataset)),
  });
  checkModel(root.section("model"), { dataset, model, training });
  const paradigms = readParadigms(root.section("paradigms"), { dataset, model });
  const adversarialTraining = root.isNull("adversarialTraining")
    ? null
    : readAdversarial(root.section("adversarialTraining"), { training, dataset });
  const probe = root.isNull("probe") ? null : readProbe(root.section("probe"), dataset);
  const others = Object.entries(paradigms).flatMap(([name, config]) => config === null ? [] : [name]);
  if (probe === null && others.length > 0) {
    throw root.error("probe", `is null, but ${others.join(", ")} cannot be judged without one`);
  }
  const evaluation = readEvaluation(root.section("evaluation"), dataset);
  const featureSets = readFeatureSets(root, {
    dataset,
    model,
    training,
    paradigms,
    probe,
    adversarialTraining,
  });
  return { ...top, dataset, model, training, paradigms, adversarialTraining, featureSets, probe, evaluation };
}

function presetYaml(text: string, source: string): unknown {
  try {
    return readYaml(text);
  } catch (cause) {
    throw new UsageError(`Cannot read preset ${source}: ${(cause as Error).message}`, { cause });
  }
}

function readDataset(section: SectionReader): DatasetConfig {
  const name = section.field("name", DATASET_NAME), { fields } = datasetOf({ name });
  section.checkKeys(fields, { others: ["name"], of: `of ${name}` });
  return { name, ...section.fields(fields) };
}

function readAdversarial(
  section: SectionReader,
  given: { training: TrainingConfig; dataset: DatasetConfig },
): AdversarialTrainingConfig {
  const own = readTraining(section, { dataset: given.dataset, defaults: given.training, others: ["attack"] });
  return { ...own, attack: readPgd(section.section("attack"), trainingData(given.dataset)) };
}

function readEvaluation(section: SectionReader, dataset: DatasetConfig): EvaluationConfig {
  section.checkKeys(schema.EVALUATION, { others: EVALUATION_ATTACKS.map(({ key }) => key) });
  const data = { ...trainingData(dataset), testSize: dataset.testSize, classes: datasetOf(dataset).classes };
  const attacks = EVALUATION_ATTACKS.flatMap(({ key, runs, fields, read }) => {
    if (runs === "if named" && !section.has(key)) return [];
    if (runs !== "always" && section.isNull(key)) return [[key, null]];
    const own = section.section(key);
    if (read !== undefined) return [[key, read(own, data)]];
    own.checkKeys(fields);
    return [[key, own.fields(fields)]];
  });
  return { ...section.fields(schema.EVALUATION), ...Object.fromEntries(attacks) } as EvaluationConfig;
}

function readProbe(section: SectionReader, dataset: DatasetConfig): ProbeConfig {
  section.checkKeys(schema.PROBE, { others: ["augmentation"] });
  const augmentation = readAugmentation(section.section("augmentation"), {
    dataset,
    defaults: NO_AUGMENTATION,
  });
  const probe = { ...section.fields(schema.PROBE), augmentation };
  const limit = dataset.trainSize;
  checkAtMost(section, "batchSize", { value: probe.batchSize, limit, what: "dataset.trainSize" });
  return probe;
}

function readFeatureSets(
  root: SectionReader,
  given: Pick<Preset, "dataset" | "model" | "training" | "paradigms" | "probe" | "adversarialTraining">,
): Preset["featureSets"] {
  const sets = root.section("featureSets");
  sets.checkKeys({}, { others: FEATURE_SETS });
  const asked = root.has("featureSets") ? FEATURE_SETS.filter((name) => sets.has(name)) : FEATURE_SETS;
  const { probe } = given;
  const trainings: Readonly<Record<string, TrainingConfig>> = Object.fromEntries(
    recipesOf(given).map(({ paradigm, training }) => [paradigm.name, training]),
  );
  const probeBatch = probe?.data === "same" ? probe.batchSize : 0;
  const result: Partial<Record<ConstructedSetName, FeatureSetConfig>> = {};
  for (const name of asked) {
    const section = sets.section(name);
    const construction = readConstruction(section, name, given.dataset);
    const all = Object.keys(trainings);
    const usual = name === "robust" || name === "non-robust" ? all : all.slice(0, 1);
    const paradigms = section.field("paradigms", { ...schema.SET_PARADIGMS, default: usual });
    const absent = paradigms.find((paradigm) => !all.includes(paradigm));
    if (absent !== undefined) {
      throw section.error(
        "paradigms",
        `holds ${absent}, which does not run, those that do are ${all.join(", ")}`,
      );
    }
    const set = { ...construction, paradigms };
    const largestBatch = Math.max(probeBatch, ...paradigms.map((paradigm) => trainings[paradigm].batchSize));
    if (set.count < largestBatch) {
      throw section.error(
        "count",
        `must be at least the largest training batch ${largestBatch}, given ${set.count}`,
      );
    }
    for (const paradigm of paradigms) {
      const { epochs, batchSize, accumulate } = trainings[paradigm];
      const batches = epochs * Math.floor(set.count / batchSize);
      if (batches >= accumulate) continue;
      throw section.error(
        "count",
        `is ${set.count}, of which ${paradigm} makes ${batches} batches, fewer than accumulate ${accumulate}: it would never ` +
          "change a weight",
      );
    }
    if (set.encoder === "robust" && given.adversarialTraining === null) {
      throw section.error("encoder", "is robust, but adversarialTraining is null");
    }
    result[name] = set;
  }
  return result;
}

function readConstruction(
  section: SectionReader,
  name: ConstructedSetName,
  dataset: DatasetConfig,
): ConstructionConfig {
  const ofName = SET_DEFAULTS[name];
  const method = section.field("method", { ...schema.METHOD, default: ofName.method });
  const matching = method === "feature-matching";
  const fields = (matching ? schema.FEATURE_MATCHING : schema.TARGETED_PGD) as Fields<ConstructionConfig>;
  section.checkKeys(fields as AnyFields, { others: ["paradigms"], of: `of ${method}` });
  const sizes = { count: dataset.trainSize, batchSize: Math.min(128, dataset.trainSize) };
  const threat = matching ? {} : threatDefaults(section, schema.TARGETED_PGD, { L2: "0.5", Linf: "8/255" });
  const set = section.fields(fields, { ...ofName, ...sizes, ...threat });
  checkAtMost(section, "count", { value: set.count, limit: dataset.trainSize, what: "dataset.trainSize" });
  if (set.method === "targeted-pgd") checkEps(section, set, trainingData(dataset).imageSize);
  return set;
}
