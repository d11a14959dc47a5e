import type { DatasetConfig } from "../../datasets/registered.ts";
import { datasetOf } from "../../datasets/registry.ts";
import { architectureOf, ARCHITECTURES } from "../../paradigms/architectures/registry.ts";
import type { EncoderConfig } from "../../paradigms/architectures/types.ts";
import {
  checkParadigm,
  type ParadigmChoice,
  PARADIGMS,
  type RegisteredParadigm,
} from "../../paradigms/registry.ts";
import type { Field } from "../../settings/field.ts";
import type { SectionReader } from "../../settings/section_reader.ts";
import { readTraining, trainingData } from "./parse_training.ts";
import { encoderOf, type ParadigmConfig, type Preset } from "./preset.ts";

/** The paradigm that runs in every preset, and those that a preset names. */
const [FIRST, ...OTHERS] = PARADIGMS;

/** The choice among the registered architectures. */
export const ARCH: Field<string> = {
  kind: "choice",
  choices: ARCHITECTURES.map(({ name }) => name),
  default: ARCHITECTURES[0].name,
  help: "architecture of the encoder; each has keys of its own",
};

/**
 * Reads an encoder: the name of an architecture, and the keys of that.
 *
 * @throws {UsageError} If the architecture is unknown, or a key is not one of its keys or out of range.
 */
export function readEncoder(section: SectionReader): EncoderConfig {
  const arch = section.field("arch", ARCH), { fields } = architectureOf({ arch });
  section.checkKeys(fields, { others: ["arch"], of: `of ${arch}` });
  return { arch, ...section.fields(fields) };
}

/**
 * Reads the paradigms that a preset names; the others do not run.
 *
 * @throws {UsageError} If a key is unknown or a paradigm could not be trained as it is set.
 */
export function readParadigms(
  section: SectionReader,
  { dataset, model }: { dataset: DatasetConfig; model: EncoderConfig },
): Preset["paradigms"] {
  section.checkKeys({}, { others: OTHERS.map(({ name }) => name) });
  const read = (paradigm: RegisteredParadigm): ParadigmConfig | null => {
    const { name, fields, takesEncoder } = paradigm;
    if (!section.has(name)) return null;
    const own = section.section(name);
    own.checkKeys(fields, { others: [...(takesEncoder ? ["encoder"] : []), "training"] });
    const encoder = takesEncoder && {
      encoder: encoderOf(own.has("encoder") ? readEncoder(own.section("encoder")) : model),
    };
    const config = { ...own.fields(fields), ...encoder };
    const training = readTraining(own.section("training"), {
      dataset,
      defaults: paradigm.training(trainingData(dataset)),
    });
    checkSettings(own, { name, config }, { dataset, batchSize: training.batchSize });
    return { ...config, training };
  };
  return Object.fromEntries(OTHERS.map((paradigm) => [paradigm.name, read(paradigm)]));
}

/** A paradigm that runs, with its settings and its training. */
export interface Recipe {
  readonly paradigm: RegisteredParadigm;
  readonly config: Readonly<Record<string, unknown>>;
  readonly training: Preset["training"];
}

/** The paradigms that run, in their order. */
export function recipesOf(
  { model, training, paradigms }: Pick<Preset, "model" | "training" | "paradigms">,
): Recipe[] {
  const others = OTHERS.flatMap((paradigm) => {
    const found = paradigms[paradigm.name] ?? null;
    if (found === null) return [];
    const { training, ...config } = found;
    return [{ paradigm, config, training }];
  });
  return [{ paradigm: FIRST, config: { encoder: encoderOf(model) }, training }, ...others];
}

/**
 * Refuses a preset whose first paradigm could not be trained.
 *
 * @throws {UsageError} If its encoder does not fit the images.
 */
export function checkModel(
  section: SectionReader,
  { dataset, model, training }: Pick<Preset, "dataset" | "model" | "training">,
): void {
  const settings = { name: FIRST.name, config: { encoder: encoderOf(model) } };
  checkSettings(section, settings, { dataset, batchSize: training.batchSize });
}

/** @throws {UsageError} If the paradigm refuses its settings. */
function checkSettings(
  section: SectionReader,
  settings: ParadigmChoice,
  { dataset, batchSize }: { dataset: DatasetConfig; batchSize: number },
): void {
  const { classes, imageSize } = datasetOf(dataset), size = imageSize(dataset);
  try {
    checkParadigm(settings, { height: size, width: size, classes, batchSize });
  } catch (error) {
    if (error instanceof RangeError) throw section.error(null, `cannot be trained, ${error.message}`);
    throw error;
  }
}
