import { NO_AUGMENTATION } from "../../datasets/augment.ts";
import type { ParadigmName } from "../../paradigms/types.ts";
import { amount, parseAmount } from "./amount.ts";
import { readAutoAttack } from "./parse_auto_attack.ts";
import { readParadigms } from "./parse_paradigms.ts";
import { checkAtMost, cropAndFlip, readAugmentation, readTraining } from "./parse_training.ts";
import type { Field, Fields } from "./preset_field.ts";
import {
  type AdversarialTrainingConfig,
  type AttackConfig,
  type ConstructedSetName,
  type ConstructionConfig,
  type DatasetConfig,
  type EvaluationConfig,
  FEATURE_SETS,
  type FeatureSetConfig,
  imageSize,
  type ModelConfig,
  type Preset,
  type ProbeConfig,
  type TrainingConfig,
} from "./preset.ts";
import * as schema from "./preset_schema.ts";
import { UsageError } from "../../common/usage_error.ts";
import { readYaml } from "./read_yaml.ts";
import { SectionReader } from "./_section_reader.ts";

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
  const root = new SectionReader(presetYaml(text, options.source), { text, source: options.source });
  root.checkKeys([...Object.keys(schema.TOP), ...schema.SECTIONS]);
  const top = root.fields(schema.TOP);
  const dataset = readDataset(root.section("dataset"));
  const model = readModel(root.section("model"));
  const training = readTraining(root.section("training"), {
    dataset,
    defaults: { augmentation: cropAndFlip(dataset) },
  });
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
  const featureSets = readFeatureSets(root, { dataset, training, paradigms, probe, adversarialTraining });
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
  const name = section.field<DatasetConfig["name"]>(
    "name",
    schema.PLANTED.name as Field<DatasetConfig["name"]>,
  );
  const fields = (name === "cifar10" ? schema.CIFAR10 : schema.PLANTED) as Fields<DatasetConfig>;
  section.checkKeys(Object.keys(fields), `of ${name}`);
  return section.fields(fields);
}

function readModel(section: SectionReader): ModelConfig {
  section.checkKeys(Object.keys(schema.MODEL));
  const arch = section.field("arch", schema.MODEL.arch as Field<ModelConfig["arch"]>);
  if (arch === "resnet8") return section.fields(schema.MODEL);
  if (section.has("widths") && !section.isNull("widths")) {
    throw section.error("widths", `is for resnet8 only, given with ${arch}`);
  }
  return { arch, widths: null };
}

function readAdversarial(
  section: SectionReader,
  given: { training: TrainingConfig; dataset: DatasetConfig },
): AdversarialTrainingConfig {
  const own = readTraining(section, { dataset: given.dataset, defaults: given.training, others: ["attack"] });
  return { ...own, attack: readAttack(section.section("attack"), given.dataset) };
}

function readEvaluation(section: SectionReader, dataset: DatasetConfig): EvaluationConfig {
  section.checkKeys([...Object.keys(schema.EVALUATION), "attack", "autoAttack"]);
  return {
    ...section.fields(schema.EVALUATION),
    attack: readAttack(section.section("attack"), dataset),
    autoAttack: section.isNull("autoAttack") ? null : readAutoAttack(section.section("autoAttack"), dataset),
  };
}

function readAttack(section: SectionReader, dataset: DatasetConfig): AttackConfig {
  section.checkKeys(Object.keys(schema.ATTACK));
  const defaults = threatDefaults(section, schema.ATTACK, { L2: "0.25", Linf: "4/255" });
  const attack = section.fields(schema.ATTACK, defaults);
  checkEps(section, attack, dataset);
  return attack;
}

function readProbe(section: SectionReader, dataset: DatasetConfig): ProbeConfig {
  section.checkKeys([...Object.keys(schema.PROBE), "augmentation"]);
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
  given: Pick<Preset, "dataset" | "training" | "paradigms" | "probe" | "adversarialTraining">,
): Preset["featureSets"] {
  const sets = root.section("featureSets");
  sets.checkKeys(FEATURE_SETS);
  const asked = root.has("featureSets") ? FEATURE_SETS.filter((name) => sets.has(name)) : FEATURE_SETS;
  const { probe } = given;
  const trainings = trainingsOf(given);
  const probeBatch = probe?.data === "same" ? probe.batchSize : 0;
  const result: Partial<Record<ConstructedSetName, FeatureSetConfig>> = {};
  for (const name of asked) {
    const section = sets.section(name);
    const construction = readConstruction(section, name, given.dataset);
    const all = Object.keys(trainings) as ParadigmName[];
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
    const largestBatch = Math.max(probeBatch, ...paradigms.map((paradigm) => trainings[paradigm]!.batchSize));
    if (set.count < largestBatch) {
      throw section.error(
        "count",
        `must be at least the largest training batch ${largestBatch}, given ${set.count}`,
      );
    }
    for (const paradigm of paradigms) {
      const { epochs, batchSize, accumulate } = trainings[paradigm]!;
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

/** The training of each paradigm that runs, in their order. */
function trainingsOf(
  { training, paradigms: { cl, mim, dm } }: Pick<Preset, "training" | "paradigms">,
): Partial<Record<ParadigmName, TrainingConfig>> {
  return {
    sl: training,
    ...(cl && { cl: cl.training }),
    ...(mim && { mim: mim.training }),
    ...(dm && { dm: dm.training }),
  };
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
  section.checkKeys([...Object.keys(fields), "paradigms"], `of ${method}`);
  const sizes = { count: dataset.trainSize, batchSize: Math.min(128, dataset.trainSize) };
  const threat = matching ? {} : threatDefaults(section, schema.TARGETED_PGD, { L2: "0.5", Linf: "8/255" });
  const set = section.fields(fields, { ...ofName, ...sizes, ...threat });
  checkAtMost(section, "count", { value: set.count, limit: dataset.trainSize, what: "dataset.trainSize" });
  if (set.method === "targeted-pgd") checkEps(section, set, dataset);
  return set;
}

/** The radius by norm, and from it a step size of 2.5 eps / steps. */
function threatDefaults(
  section: SectionReader,
  fields: Pick<Fields<AttackConfig>, "norm" | "eps" | "steps">,
  radius: { L2: string; Linf: string },
) {
  const norm = section.field("norm", fields.norm);
  const eps = section.field("eps", { ...fields.eps, default: parseAmount(radius[norm])! });
  const steps = section.field("steps", fields.steps);
  return { eps, stepSize: amount(2.5 * eps.value / steps) };
}

/** A radius beyond the diagonal of the image cube is a mistake, most often a value meant for 0 to 255. */
function checkEps(
  section: SectionReader,
  threat: Pick<AttackConfig, "norm" | "eps">,
  dataset: DatasetConfig,
): void {
  const { norm, eps } = threat;
  const size = imageSize(dataset);
  const largest = norm === "Linf" ? 1 : Math.sqrt(3 * size * size);
  if (eps.value <= largest) return;
  const limit = norm === "Linf" ? "1" : `${largest.toFixed(2)}, the diagonal of ${size}x${size} images`;
  throw section.error("eps", `must be at most ${limit} in ${norm}, given ${eps.label}`);
}
