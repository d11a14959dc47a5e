/** Every key of a preset, read from the tables that the parser reads: what the reference and `--explain` show. */
import { AUGMENTATION, AUGMENTATION_SECTIONS } from "../../datasets/augmentation_settings.ts";
import { DATASETS } from "../../datasets/registry.ts";
import { ARCHITECTURES } from "../../paradigms/architectures/registry.ts";
import { EVALUATION_ATTACKS } from "../../paradigms/attacks/registry.ts";
import { PARADIGMS } from "../../paradigms/registry.ts";
import { TRAINING } from "../../paradigms/training_settings.ts";
import { isAmount } from "../../settings/amount.ts";
import type { AnyFields, Field } from "../../settings/field.ts";
import { trainingDefaultText } from "./default_text.ts";
import { ARCH } from "./parse_paradigms.ts";
import { DATASET_NAME } from "./parse_preset.ts";
import {
  EVALUATION,
  FEATURE_MATCHING,
  METHOD,
  PROBE,
  SET_PARADIGMS,
  TARGETED_PGD,
  TOP,
} from "./preset_schema.ts";

/** One key of a preset. */
export interface PresetKey {
  /** "training.lr"; `<set>` stands for the name of a feature set. */
  readonly path: string;
  /** The choice that the key belongs to: "dataset.name: planted"; null where it is always there. */
  readonly of: { readonly path: string; readonly choice: string } | null;
  readonly field: Field;
  /** The default in words. */
  readonly defaultText: string;
}

/** Keys that stand together. */
export interface PresetSection {
  /** "training"; "" for the top of a preset. */
  readonly path: string;
  /** What the section is about, in sentences. */
  readonly about: string;
  readonly keys: readonly PresetKey[];
}

/** Sections whose keys are those of another one. */
export const SAME_KEYS: readonly { readonly path: string; readonly as: string }[] = [
  { path: "adversarialTraining.attack", as: "evaluation.attack" },
  { path: "adversarialTraining", as: "training" },
  { path: "probe.augmentation", as: "training.augmentation" },
  ...PARADIGMS.slice(1).flatMap(({ name, takesEncoder }) => [
    { path: `paradigms.${name}.training`, as: "training" },
    ...(takesEncoder ? [{ path: `paradigms.${name}.encoder`, as: "model" }] : []),
  ]),
];

/** All sections of a preset, in the order in which a preset is best written. */
export function presetSections(): PresetSection[] {
  const first = PARADIGMS[0].name, others = PARADIGMS.slice(1);
  return [
    { path: "", about: "Name and size of the run.", keys: keysOf("", TOP) },
    {
      path: "dataset",
      about: `The natural images. ${helpList(DATASETS)}`,
      keys: [
        keyOf("dataset.name", DATASET_NAME),
        ...DATASETS.flatMap(({ name, fields }) =>
          keysOf("dataset", fields, { path: "dataset.name", choice: name })
        ),
      ],
    },
    {
      path: "model",
      about:
        "The default encoder of every paradigm that takes one, and the network that sets are extracted " +
        `with. ${helpList(ARCHITECTURES)}`,
      keys: [
        keyOf("model.arch", ARCH),
        ...ARCHITECTURES.flatMap(({ name, fields }) =>
          keysOf("model", fields, { path: "model.arch", choice: name })
        ),
      ],
    },
    {
      path: "training",
      about:
        `The training of ${first}. Other paradigms have the same keys under \`paradigms.<name>.training\`, with ` +
        "defaults of their own. `adversarialTraining` (or null for none), the training of the robust encoder, has " +
        "them too, by default with the values of `training`; its `attack` has the keys of `evaluation.attack`.",
      keys: [...trainingKeys("training", TRAINING)],
    },
    {
      path: "training.augmentation",
      about:
        "How images are changed at random. A section is a step: null switches it off. `probe.augmentation` has " +
        "the same keys; by default it changes nothing.",
      keys: [
        ...trainingKeys("training.augmentation", AUGMENTATION),
        ...Object.entries(AUGMENTATION_SECTIONS).flatMap(([step, fields]) =>
          trainingKeys(`training.augmentation.${step}`, fields)
        ),
      ],
    },
    ...others.map(({ name, label, fields, takesEncoder }) => ({
      path: `paradigms.${name}`,
      about: `${capital(label)}. It runs where the key \`${name}\` stands under \`paradigms\`. ` +
        `\`training\` has the keys of \`training\`${
          takesEncoder ? ", `encoder` those of `model`, which is its default" : ""
        }.`,
      keys: keysOf(`paradigms.${name}`, fields),
    })),
    {
      path: "featureSets.<set>",
      about:
        "Constructed sets: robust, non-robust, D_det and D_rand. Without `featureSets` all four are constructed; " +
        "with it, those that are named.",
      keys: [
        ...keysOf("featureSets.<set>", { method: METHOD, paradigms: SET_PARADIGMS }),
        ...(Object.entries({ "feature-matching": FEATURE_MATCHING, "targeted-pgd": TARGETED_PGD }) as [
          string,
          AnyFields,
        ][]).flatMap(([choice, { method: _, ...fields }]) =>
          keysOf("featureSets.<set>", fields, { path: "featureSets.<set>.method", choice })
        ),
      ],
    },
    {
      path: "probe",
      about: "The linear probe on a frozen encoder; null for none.",
      keys: keysOf("probe", PROBE),
    },
    {
      path: "evaluation",
      about: `How classifiers are judged. ${
        EVALUATION_ATTACKS.map(({ key, help }) => `\`${key}\`: ${help}.`).join(" ")
      }`,
      keys: [
        ...keysOf("evaluation", EVALUATION),
        ...EVALUATION_ATTACKS.flatMap(({ key, fields }) => keysOf(`evaluation.${key}`, fields as AnyFields)),
      ],
    },
  ];
}

function helpList(named: readonly { readonly name: string; readonly help: string }[]): string {
  return named.map(({ name, help }) => `\`${name}\`: ${help}.`).join(" ");
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function keysOf(section: string, fields: AnyFields, of: PresetKey["of"] = null): PresetKey[] {
  return Object.entries(fields).map(([key, field]) =>
    keyOf(section === "" ? key : `${section}.${key}`, field, of)
  );
}

function keyOf(path: string, field: Field, of: PresetKey["of"] = null): PresetKey {
  return { path, of, field, defaultText: field.defaultText ?? valueText(field.default) };
}

function trainingKeys(section: string, fields: AnyFields): PresetKey[] {
  return keysOf(section, fields).map((key) => ({
    ...key,
    defaultText: trainingDefaultText(key.path.slice("training.".length), key.field) ?? key.defaultText,
  }));
}

/** A value as a preset says it; "required" for a key without default. */
export function valueText(value: unknown): string {
  if (value === undefined) return "required";
  if (isAmount(value)) return value.label;
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  return String(value);
}
