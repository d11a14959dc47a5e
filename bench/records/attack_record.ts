/** The record of `bench attack`, next to the outcomes of each image. */
import { isObject, type JsonFields } from "../../common/is_object.ts";
import { ENVELOPE } from "./envelope.ts";
import { recordKind, type RecordOf } from "./kind.ts";
import {
  amount,
  count,
  flag,
  fraction,
  type Infer,
  list,
  mapOf,
  number,
  object,
  oneOf,
  orNull,
  pair,
  positiveCount,
  renamed,
  sha256,
  text,
  time,
} from "./rules.ts";

/** Everything that decides the bits: an evaluation is resumed only if all of it is the same. */
const configuration = object({
  weights: object({
    /** Of the file. */
    sha256,
    arch: text,
    widths: list(positiveCount),
    inputChannels: positiveCount,
    classes: positiveCount,
    /** The network gets (pixel - mean) / std per channel; null for pixels as they are. */
    mean: orNull(list(number)),
    std: orNull(list(number)),
  }),
  /** The n images that are attacked, and their hash. */
  data: object({ name: text, sha256, n: positiveCount }),
  norm: oneOf("Linf", "L2"),
  eps: amount,
  version: text,
  /** Null for those of the version. */
  attacks: orNull(list(text)),
  iterations: count,
  queries: count,
  seed: count,
  /** Images attacked at once; changes no result, but a checkpoint holds this number of images. */
  batchSize: positiveCount,
  /** Whether the evaluation runs a second time at the reference code's radius. */
  referenceRadius: flag,
  /** Whether the attacks keep the constants of the official code. */
  officialConstants: flag,
  /** Hash of the code and kernels. */
  codeHash: sha256,
  /** Description, backend and class of drivers; in the oldest records the description alone. */
  adapter: text,
  /** The memory that kernels read from: "buffer" or "texture". */
  readPath: text,
});

/** Checks of the adversarial images; without any, perturbation 0 and pixels from 1 to 0. */
const safety = object({
  /** Largest distance from the clean image, in the norm of the evaluation. */
  largestPerturbation: number,
  lowestPixel: number,
  highestPixel: number,
  /** Numbers that are not finite. */
  notFinite: count,
});

/** One attack of a cascade. */
const stage = object({
  name: text,
  /** The radius it ran at. */
  eps: amount,
  /** Images that all attacks before it had left correct. */
  attacked: count,
  /** Share of all images still correct after it and all before it. */
  robustAccuracy: fraction,
  safety,
  seconds: amount,
});

/** One evaluation with all its attacks. */
const evaluation = object({
  /** In words, with the radius of each attack. */
  description: text,
  eps: amount,
  /** The radius of the APGD attacks; another than `eps` only in the evaluation at the reference code's radius. */
  apgdEps: amount,
  cleanAccuracy: fraction,
  /** Share of images that are correct when clean and under every attack. */
  robustAccuracy: fraction,
  /** Wilson's 95 % interval, over the sampling of images alone. */
  robustInterval: pair(fraction),
  attacks: list(stage),
  safety,
  warnings: list(object({ code: text, message: text })),
  /** Over all resumptions. */
  seconds: amount,
});

/** Records of `bench attack`. */
export const ATTACK_RECORD = recordKind({
  schema: "realfeatures/attack",
  what: "the record of an evaluation",
  fields: {
    ...ENVELOPE,
    /** When a stopped evaluation was resumed. */
    resumedAt: list(time),
    command: text,
    /** The variant of an operation that has several; they do not change the bits. */
    variants: mapOf(text),
    configuration,
    configHash: sha256,
    /** The radius as it was written: "8/255". */
    epsLabel: text,
    /** Name of the file of the weights, without its folder. */
    weightsFile: text,
    /** SHA-256 of the data set's files, if it was read from files. */
    dataFiles: mapOf(sha256),
    /** The result: the evaluation at the radius that was asked for. */
    asked: evaluation,
    /**
     * With APGD at the radius that the paper's reference code really used: not a robust accuracy at `eps`, only for
     * comparison with that code. Null if it was not asked for.
     */
    referenceRadius: orNull(evaluation),
    checks: list(object({ name: text, passed: flag, detail: text })),
    /** The maximum of device memory held at once, in bytes; of the last piece of a resumed evaluation. */
    peakBytes: count,
    artifacts: list(object({ kind: text, path: text, sha256 })),
  },
  migrations: [toVersion2],
});

/** Version 1 had no duration but those of its evaluations. */
function toVersion2(old: JsonFields): JsonFields {
  const { configuration, asked, referenceRadius, ...rest } = renamed(old, { kernelChoices: "variants" });
  const msOf = (one: unknown) => isObject(one) && typeof one.seconds === "number" ? 1000 * one.seconds : 0;
  return {
    ...rest,
    durationMs: msOf(asked) + msOf(referenceRadius),
    configuration: isObject(configuration)
      ? renamed(configuration, { benchmarkVersion: "codeHash", kernelVariant: "readPath" })
      : configuration,
    asked,
    referenceRadius,
  };
}

/** The record of `bench attack`. */
export type AttackRecord = RecordOf<typeof ATTACK_RECORD>;

/** Everything that decides the bits of an evaluation. */
export type AttackConfiguration = Infer<typeof configuration>;

/** Checks of the adversarial images. */
export type SafetyRecord = Infer<typeof safety>;

/** One attack of a cascade. */
export type AttackStage = Infer<typeof stage>;

/** One evaluation with all its attacks. */
export type EvaluationRecord = Infer<typeof evaluation>;
