import {
  CELL_RECORD,
  type CellRecord,
  type CellView,
  type MachineInfo,
  type Metric,
  RUN_MANIFEST,
  type RunManifest,
} from "../bench/records/mod.ts";
import { sealed } from "../bench/records/seal.ts";
import type { LoadedRecord, LoadedRun } from "./types.ts";

/** Builders of records for tests: made-up numbers in the order of magnitude that planted data give. */

const MACHINE: MachineInfo = {
  name: "test-machine",
  os: "linux x86_64",
  cpu: "Imaginary CPU",
  cores: 2,
  adapter: {
    vendor: "mesa",
    architecture: "",
    device: "llvmpipe",
    description: "llvmpipe (software)",
    isFallback: true,
    features: ["timestamp-query"],
    limits: { maxBufferSize: 1 << 30 },
  },
};

const ATTACK = {
  name: "pgd",
  norm: "L2",
  eps: 0.25,
  epsLabel: "0.25",
  steps: 20,
  stepSize: 0.05,
  restarts: 1,
};

/** The configuration of AutoAttack in a record, on 128 test images. */
export const AUTO_ATTACK = {
  version: "standard",
  images: 128,
  attacks: ["apgd-ce", "apgd-t", "fab-t", "square"],
  iterations: 100,
  queries: 5000,
};

/** A valid record; any field may be given. */
export function makeRecord(fields: Partial<CellRecord> = {}): CellRecord {
  return CELL_RECORD.of({
    runId: "test-run",
    preset: "test",
    cell: "sl/natural/seed-0",
    kind: "train",
    codeHash: "b".repeat(64),
    inputs: {},
    commit: "0123456789abcdef",
    dirty: false,
    config: {
      seed: fields.seed ?? 0,
      dataset: { name: "planted", testSize: 1000 },
      architecture: "resnet8",
      probe: { data: "same" },
      evaluation: { attack: ATTACK },
    },
    configHash: "c".repeat(64),
    seed: 0,
    paradigm: "sl",
    featureSet: "natural",
    training: "standard",
    dataset: { name: "planted", sha256: "d".repeat(64) },
    machine: MACHINE,
    runtime: { deno: "2.9.6", v8: "14.0", typescript: "6.0" },
    readPath: "texture",
    variants: {},
    jobs: 1,
    startedAt: "2026-01-02T03:04:05.000Z",
    durationMs: 61_500,
    status: "ok",
    reason: null,
    metrics: {},
    timings: [],
    checks: [{ name: "finite", passed: true, detail: "no value is infinite" }],
    warnings: [],
    artifacts: [],
    ...fields,
  });
}

/** Accuracies of a `train` cell, as fractions. */
export interface Accuracies {
  readonly clean: number;
  readonly robust: number;
  /** Under AutoAttack, which was not run if this is absent. */
  readonly auto?: number;
  readonly cues?: readonly [robust: number, nonRobust: number];
  /** The probe on an untrained encoder. */
  readonly untrained?: number;
}

/** The metrics of a `train` cell. */
export function makeMetrics({ clean, robust, auto, cues, untrained }: Accuracies): Record<string, Metric> {
  const fraction = (value: number): Metric => ({ value: Math.round(value * 1e4) / 1e4, unit: "fraction" });
  const epochs = [1, 2, 4, 8];
  const curve = epochs.map((epoch) => fraction(0.1 + (clean - 0.1) * (1 - 0.6 ** epoch)).value);
  return {
    cleanAccuracy: fraction(clean),
    probeAccuracy: fraction(clean + 0.004),
    robustAccuracy: fraction(robust),
    largestPerturbation: { value: 0.25, unit: "pixels" },
    chance: fraction(0.1),
    trainLoss: { value: 0.84, unit: "1" },
    imagesPerSecond: { value: 312.4, unit: "images/s" },
    peakBytes: { value: 48 * 2 ** 20, unit: "bytes" },
    flops: { value: 3.2e12, unit: "1" },
    probeCurve: { ...fraction(curve[3]), samples: curve },
    probeCurveEpochs: { value: 8, unit: "epochs", samples: epochs },
    ...(auto === undefined ? {} : {
      autoAttackAccuracy: { ...fraction(auto), samples: [auto + 0.02, auto + 0.01, auto, auto] },
      attackedCleanAccuracy: fraction(clean + 0.02),
      pgdAccuracy: fraction(auto + 0.03),
      autoAttackLargestPerturbation: { value: 0.2499, unit: "pixels" },
      autoAttackSeconds: { value: 4.5, unit: "s", samples: [0.5, 1, 2, 1] },
    }),
    ...(untrained === undefined ? {} : { untrainedProbeAccuracy: fraction(untrained) }),
    ...(cues ? { robustCueAccuracy: fraction(cues[0]), nonRobustCueAccuracy: fraction(cues[1]) } : {}),
  };
}

/** The place of a test's `train` record, and the offsets of its accuracies. */
export interface TrainedFields extends Accuracies {
  readonly seed: number;
  readonly paradigm?: string;
  /** Added to every accuracy. */
  readonly shift?: number;
}

const SETTINGS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  sl: { name: "sl", labelSmoothing: 0 },
  cl: { name: "cl", temperature: 0.5, projectionHead: [64, 32] },
  mim: { name: "mim", maskRatio: 0.75, patchSize: 4 },
  dm: { name: "dm", timesteps: 200, betaSchedule: "cosine" },
};

const LABELS: Readonly<Record<string, string>> = {
  sl: "supervised learning (SL)",
  cl: "contrastive learning (CL)",
  mim: "masked image modelling (MIM)",
  dm: "diffusion models (DM)",
};

/** A `train` record of one seed; `shift` is added to every accuracy. */
export function makeTrained(
  set: string,
  { seed, paradigm = "sl", shift = 0, ...accuracies }: TrainedFields,
): CellRecord {
  const adversarial = set === "adversarial";
  const name = `${paradigm}/${set}/seed-${seed}`;
  const base = makeRecord({ seed });
  return makeRecord({
    cell: name,
    seed,
    paradigm,
    config: {
      ...base.config,
      paradigm: SETTINGS[paradigm],
      paradigmLabel: LABELS[paradigm],
      ...(accuracies.auto !== undefined && { evaluation: { attack: ATTACK, autoAttack: AUTO_ATTACK } }),
    },
    featureSet: adversarial ? "natural" : set,
    training: adversarial ? "adversarial" : "standard",
    metrics: makeMetrics({
      clean: accuracies.clean + shift,
      robust: Math.max(0, accuracies.robust + shift / 2),
      auto: accuracies.auto,
      cues: accuracies.cues && [accuracies.cues[0] + shift, accuracies.cues[1] - shift],
      untrained: accuracies.untrained,
    }),
    artifacts: [{ kind: "weights", path: `artifacts/${name}/weights.safetensors`, sha256: "e".repeat(64) }],
  });
}

/** A `construct` record of one seed. */
export function makeConstructed(
  set: string,
  { seed, l2, reached }: { seed: number; l2: number; reached: number },
): CellRecord {
  const matching = set === "robust" || set === "non-robust";
  const pixels = (value: number): Metric => ({ value, unit: "pixels" });
  return makeRecord({
    cell: `construct/${set}/seed-${seed}`,
    kind: "construct",
    seed,
    featureSet: set,
    paradigm: null,
    training: null,
    config: {
      seed,
      method: matching ? "feature-matching" : "targeted-pgd",
      encoder: set === "robust" ? "robust" : "standard",
      ...(matching ? {} : { norm: "L2", eps: 0.35, epsLabel: "0.35" }),
      stepSize: 0.1,
      steps: 100,
    },
    metrics: {
      meanL2: pixels(l2 * 0.97),
      maxL2: pixels(l2),
      meanLinf: pixels(l2 / 6),
      maxLinf: pixels(l2 / 3),
      [matching ? "matchedFraction" : "targetReachedFraction"]: { value: reached, unit: "fraction" },
    },
  });
}

/** A run in memory; records get the paths that a run folder would give them. */
export function makeRun(records: readonly CellView[], fields: Partial<LoadedRun> = {}): LoadedRun {
  const loaded: LoadedRecord[] = records.map((record) => ({
    record,
    path: `records/${record.cell.replaceAll("/", "-")}.json`,
  }));
  return {
    name: "test-run",
    manifest: makeManifest(records),
    records: loaded,
    examples: [],
    pictures: [],
    problems: [],
    ...fields,
  };
}

/** The manifest that asked for these records. */
export function makeManifest(records: readonly CellView[]): RunManifest {
  return RUN_MANIFEST.of({
    commit: null,
    dirty: null,
    machine: null,
    runtime: null,
    runId: "test-run",
    preset: "test",
    description: "Made-up numbers for tests of the report",
    settings: { seeds: [0, 1, 2] },
    command: "deno task bench --preset test",
    startedAt: "2026-01-02T03:04:05.000Z",
    durationMs: 254_000,
    cells: records.map((record) => record.cell),
  });
}

/** The text of any record or manifest, sealed. */
export function sealedJson(content: object): string {
  return JSON.stringify(sealed(content));
}

/** Writes files into a new temporary folder, as a run folder; the caller removes it. */
export async function writeRunFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const dir = await Deno.makeTempDir({ prefix: "realfeatures-report-" });
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(`${dir}/${path.split("/").slice(0, -1).join("/")}`, { recursive: true });
    await Deno.writeTextFile(`${dir}/${path}`, text);
  }
  return dir;
}
