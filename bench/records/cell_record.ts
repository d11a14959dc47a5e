/** The record of a cell, `records/<cell>.json` in a run folder. */
import { isArtifactPath } from "../../common/checked_name.ts";
import { isObject, type JsonFields } from "../../common/is_object.ts";
import { ENVELOPE } from "./envelope.ts";
import { type ReadResult, recordKind, type RecordOf } from "./kind.ts";
import { metrics } from "./metric_rules.ts";
import {
  amount,
  anyObject,
  cellName,
  count,
  flag,
  type Infer,
  list,
  mapOf,
  name,
  object,
  oneOf,
  optional,
  orNull,
  positiveCount,
  renamed,
  sha256,
  text,
} from "./rules.ts";

/** A file that a cell left. */
export const artifact = object({
  /** "weights", "feature-set", "manifest", "examples" (ExampleImages), "pictures" (PictureSheets), "outcomes" (1 where an
   * image was classified correctly: `clean`, `pgd` of all test images; `autoattack/<attack>`, `autoattack` of the first). */
  kind: text,
  /** Relative to the run folder. */
  path: text,
  sha256,
});

/** The time that one kind of work took. */
export const timing = object({
  /** "train" (units: images trained on), "probe" and "clean" (images), "attack" and "construct" (images times steps), "other". */
  name: text,
  units: amount,
  durationMs: amount,
  /** Of each piece, in order: an epoch, an evaluation of the probe, an attack. */
  samples: list(amount),
});

/** A condition that a cell checked of its own result. */
export const check = object({ name: text, passed: flag, detail: text });

/** The work of a cell: train an encoder, probe it, attack it, or construct a feature set. */
export const cellKind = oneOf("train", "probe", "attack", "construct");

/** The end of a cell; `quick` marks a run with too few repetitions to draw conclusions from. */
export const status = oneOf("ok", "failed", "skipped", "quick");

/** The kind of record that a cell leaves. */
export const CELL_RECORD = recordKind({
  schema: "realfeatures/cell",
  what: "the record of a cell",
  fields: {
    ...ENVELOPE,
    runId: text,
    /** Id of the run that computed the cell, where this run reused its result; the envelope is that run's. */
    reusedFrom: optional(text),
    /** Name of the preset that asked for the cell. */
    preset: text,
    /** The cell's name within the run: "sl/non-robust/seed-0". */
    cell: cellName,
    kind: cellKind,
    /** Hash of the code and kernels that the cell's kind imports. */
    codeHash: sha256,
    /**
     * One hash of configuration, seed, data, device, code, and the keys of the inputs: records of one key hold the same
     * numbers. Absent from the oldest records.
     */
    key: optional(sha256),
    /** Keys of the cells whose results it used, by their names. */
    inputs: mapOf(sha256),
    /**
     * The complete configuration, after defaults. `train` cells: `evaluation.attack`, `evaluation.autoAttack` (or null),
     * `paradigm` (the paradigm's settings), `probe.data` ("same" or "natural"), `dataset.testSize`. `construct` cells:
     * `method`.
     */
    config: anyObject,
    configHash: sha256,
    seed: count,
    /** For `train` cells: the paradigm, "sl"; for others null. */
    paradigm: orNull(name),
    /** The feature set trained on or constructed: "natural", "robust", "non-robust", "D_det", "D_rand". */
    featureSet: orNull(text),
    /** For `train` cells: on the images as they are, or adversarially (the robust encoder); for others null. */
    training: orNull(oneOf("standard", "adversarial")),
    dataset: object({ name: text, sha256 }),
    /** The memory that kernels read from, "buffer" or "texture"; the bits depend on it. */
    readPath: text,
    /** The variant chosen of each kernel that has several, by operation, shapes and settings; no bits depend on it. */
    variants: mapOf(text),
    /** The most cells that the run had at work at once, on one device: times are comparable where it is the same. */
    jobs: positiveCount,
    status,
    /** Why a cell failed or was skipped. */
    reason: orNull(text),
    /**
     * Of `train` cells: `probeAccuracy` (linear probe on the frozen encoder: the usefulness under every paradigm),
     * `untrainedProbeAccuracy` (the same on the untrained encoder; natural cells), `cleanAccuracy` and `robustAccuracy`
     * (of the cell's classifier: under SL its own, otherwise encoder and probe; robust under `config.evaluation.attack`,
     * PGD, on all test images), `largestPerturbation` (PGD's), `chance`, `trainLoss`, `trainAccuracy`,
     * `imagesPerSecond`, `peakBytes`, `flops`; `probeCurve` (samples: accuracy of a probe on a subset during training)
     * with `probeCurveEpochs` (samples: after which epochs); on planted data also `robustCueAccuracy` and
     * `nonRobustCueAccuracy`. With AutoAttack, on the first `config.evaluation.autoAttack.images` test images:
     * `autoAttackAccuracy` (correct when clean and under every attack; samples: after each attack and all before it),
     * `attackedCleanAccuracy` (correct when clean), `pgdAccuracy` (correct when clean and under PGD),
     * `autoAttackLargestPerturbation`, `autoAttackSeconds` (samples: of each attack).
     * Of `construct` cells: `meanL2`, `maxL2`, `meanLinf`, `maxLinf`, `matchedFraction` or `targetReachedFraction`.
     */
    metrics,
    /** Durations by kind of work; a cell that resumed from a checkpoint counts work once. */
    timings: list(timing),
    checks: list(check),
    warnings: list(text),
    artifacts: list(artifact),
  },
  unnamedAtFirst: true,
  migrations: [fromVersion1],
  together: artifactFaults,
});

/**
 * The record of a cell. Its envelope: where a cell resumed from a checkpoint, `startedAt` is when it resumed, and
 * `durationMs` includes the time up to that.
 */
export interface CellRecord extends RecordOf<typeof CELL_RECORD> {}

/** A file that a cell left. */
export type Artifact = Infer<typeof artifact>;

/** The time that one kind of work took. */
export type Timing = Infer<typeof timing>;

/** A measured quantity. Accuracy is a fraction in [0, 1]; `samples` are the raw values behind `value`. */
export type Metric = CellRecord["metrics"][string];

/** The work of a cell. */
export type CellKind = Infer<typeof cellKind>;

/** The end of a cell. */
export type RecordStatus = Infer<typeof status>;

/**
 * Reads the text of a cell's record.
 *
 * @param cell The name that the record must have. Default: any.
 */
export function readCellRecord(text: string, cell?: string): ReadResult<CellRecord> {
  const found = CELL_RECORD.read(text);
  if (cell === undefined || !("value" in found) || found.value.cell === cell) return found;
  return { fault: `cell is ${found.value.cell}, expected ${cell}`, later: false };
}

/** The names of paradigms for readers, which records of version 1 did not hold. */
const LABELS_OF_VERSION_1: Readonly<Record<string, string>> = {
  sl: "supervised learning (SL)",
  cl: "contrastive learning (CL)",
  mim: "masked image modelling (MIM)",
  dm: "diffusion models (DM)",
};

/** Version 1 had other names, and left out what its time did not know: cells ran one at a time. */
function fromVersion1(old: JsonFields): JsonFields {
  const { paradigm, config } = old;
  const paradigmLabel = typeof paradigm === "string" ? LABELS_OF_VERSION_1[paradigm] : undefined;
  return {
    inputs: {},
    training: null,
    variants: {},
    jobs: 1,
    timings: [],
    ...renamed(old, {
      suite: "preset",
      benchmark: "cell",
      benchmarkVersion: "codeHash",
      kernelVariant: "readPath",
      kernelChoices: "variants",
    }),
    ...(paradigmLabel !== undefined && isObject(config) && { config: { paradigmLabel, ...config } }),
  };
}

/** The files of a record lie in the folder of its cell, each once. */
function artifactFaults(
  { cell, artifacts }: { readonly cell: string; readonly artifacts: readonly { readonly path: string }[] },
): string[] {
  const paths = artifacts.map(({ path }) => path);
  return paths.flatMap((path, i) => [
    ...(isArtifactPath(cell, path)
      ? []
      : [`artifacts[${i}].path leads out of the folder of ${cell}, got ${path}`]),
    ...(paths.indexOf(path) < i ? [`artifacts name ${path} twice`] : []),
  ]);
}
