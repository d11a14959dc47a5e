import {
  type CellRecord,
  type ExampleImages,
  type MachineInfo,
  type Metric,
  type RunManifest,
  SCHEMA_VERSION,
} from "../bench/schema.ts";
import type { LoadedRecord, Run } from "./types.ts";

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

/** A valid record; any field may be given. */
export function makeRecord(fields: Partial<CellRecord> = {}): CellRecord {
  return {
    schemaVersion: SCHEMA_VERSION,
    runId: "test-run",
    suite: "test",
    benchmark: "sl/natural/seed-0",
    kind: "train",
    benchmarkVersion: "b".repeat(64),
    commit: "0123456789abcdef",
    dirty: false,
    config: {
      seed: fields.seed ?? 0,
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
    kernelVariant: "texture",
    startedAt: "2026-01-02T03:04:05.000Z",
    durationMs: 61_500,
    status: "ok",
    reason: null,
    metrics: {},
    checks: [{ name: "finite", passed: true, detail: "no value is infinite" }],
    warnings: [],
    artifacts: [],
    ...fields,
  };
}

/** Accuracies of a `train` cell, as fractions. */
export interface Accuracies {
  readonly clean: number;
  readonly robust: number;
  readonly cues?: readonly [robust: number, nonRobust: number];
}

/** The metrics of a `train` cell. */
export function makeMetrics({ clean, robust, cues }: Accuracies): Record<string, Metric> {
  const fraction = (value: number): Metric => ({ value: Math.round(value * 1e4) / 1e4, unit: "fraction" });
  return {
    cleanAccuracy: fraction(clean),
    probeAccuracy: fraction(clean + 0.004),
    robustAccuracy: fraction(robust),
    largestPerturbation: { value: 0.25, unit: "pixels" },
    chance: fraction(0.1),
    trainLoss: { value: 0.84, unit: "1" },
    imagesPerSecond: { value: 312.4, unit: "images/s" },
    ...(cues ? { robustCueAccuracy: fraction(cues[0]), nonRobustCueAccuracy: fraction(cues[1]) } : {}),
  };
}

/** A `train` record of one seed; `shift` is added to every accuracy. */
export function makeTrained(
  set: string,
  { seed, shift = 0, ...accuracies }: Accuracies & { seed: number; shift?: number },
): CellRecord {
  const adversarial = set === "adversarial";
  const name = `sl/${set}/seed-${seed}`;
  return makeRecord({
    benchmark: name,
    seed,
    featureSet: adversarial ? "natural" : set,
    training: adversarial ? "adversarial" : "standard",
    metrics: makeMetrics({
      clean: accuracies.clean + shift,
      robust: Math.max(0, accuracies.robust + shift / 2),
      cues: accuracies.cues && [accuracies.cues[0] + shift, accuracies.cues[1] - shift],
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
    benchmark: `construct/${set}/seed-${seed}`,
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

/** Ten examples of 16 x 16 pixels whose results differ from their sources by at most `amplitude` of 255. */
export function makeExamples({ amplitude = 12, size = 16, count = 8 } = {}): ExampleImages {
  const base64 = (pixels: number[]) => btoa(String.fromCharCode(...pixels));
  const at = (i: number) => [Math.floor(i / 3) % size, Math.floor(i / 3 / size), i % 3];
  const indices = Array.from({ length: size * size * 3 }, (_, i) => i);
  const examples = Array.from({ length: count }, (_, k) => {
    const source = indices.map((i) => {
      const [x, y, c] = at(i);
      const inside = Math.hypot(x - size / 2 - (k % 3) + 1, y - size / 2) < size / 4 + k % 4;
      return inside ? 90 + 50 * ((k + c) % 3) : 110 + (i * 7919 + k * 104729) % 40;
    });
    const result = source.map((value, i) =>
      Math.min(255, value + Math.round(amplitude * Math.sin(at(i)[0] * (1 + k % 4) + at(i)[1])))
    );
    return { label: (k + 1) % 10, sourceLabel: k % 10, source: base64(source), result: base64(result) };
  });
  const classNames = [
    "disc",
    "square",
    "triangle",
    "cross",
    "ring",
    "star",
    "bar",
    "crescent",
    "hexagon",
    "arrow",
  ];
  return { schemaVersion: SCHEMA_VERSION, height: size, width: size, classNames, examples };
}

/** A run in memory; records get the paths that a run folder would give them. */
export function makeRun(records: readonly CellRecord[], fields: Partial<Run> = {}): Run {
  const loaded: LoadedRecord[] = records.map((record) => ({
    record,
    path: `records/${record.benchmark.replaceAll("/", "-")}.json`,
  }));
  return {
    name: "test-run",
    manifest: makeManifest(records),
    records: loaded,
    examples: [],
    problems: [],
    ...fields,
  };
}

/** The manifest that asked for these records. */
export function makeManifest(records: readonly CellRecord[]): RunManifest {
  return {
    schemaVersion: SCHEMA_VERSION,
    runId: "test-run",
    suite: "test",
    description: "Made-up numbers for tests of the report",
    preset: { seeds: [0, 1, 2] },
    command: "deno task bench --preset test",
    startedAt: "2026-01-02T03:04:05.000Z",
    durationMs: 254_000,
    cells: records.map((record) => record.benchmark),
  };
}

/** A whole run on planted data: five feature sets and the robust encoder, over seeds, with constructed sets and images. */
export function makePlantedRun({ seeds = [0, 1, 2] } = {}): Run {
  const accuracies: Record<string, Accuracies> = {
    natural: { clean: 0.651, robust: 0.012, cues: [0.46, 0.29] },
    robust: { clean: 0.38, robust: 0.06, cues: [0.35, 0.1] },
    "non-robust": { clean: 0.47, robust: 0, cues: [0.19, 0.41] },
    D_det: { clean: 0.36, robust: 0, cues: [0.16, 0.31] },
    D_rand: { clean: 0.42, robust: 0, cues: [0.16, 0.38] },
    adversarial: { clean: 0.32, robust: 0.22, cues: [0.32, 0.12] },
  };
  const trained = Object.entries(accuracies).flatMap(([set, values], index) =>
    seeds.map((seed) =>
      makeTrained(set, { ...values, seed, shift: ((seed * 7 + index * 3) % 5 - 2) * 0.007 })
    )
  );
  const constructed = ["robust", "non-robust", "D_det", "D_rand"].flatMap((set) =>
    seeds.map((seed) =>
      makeConstructed(set, {
        seed,
        l2: set === "robust" ? 3.1 + seed * 0.1 : 0.35,
        reached: 0.93 - seed * 0.01,
      })
    )
  );
  const amplitudes: Record<string, number> = { robust: 70, "non-robust": 24, D_det: 10, D_rand: 6 };
  return makeRun([...constructed, ...trained], {
    examples: Object.entries(amplitudes).map(([set, amplitude]) => ({
      benchmark: `construct/${set}/seed-${seeds[0]}`,
      path: `artifacts/construct/${set}/seed-${seeds[0]}/examples.json`,
      images: makeExamples({ amplitude }),
    })),
  });
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
