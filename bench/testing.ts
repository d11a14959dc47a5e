/** Made-up cells and records for the tests of this folder. Nothing here computes. */
import type { CellContext, CellDescription, OpenWorkbench, Workbench } from "./plan/cell.ts";
import { parsePreset } from "./config/parse_preset.ts";
import type { Preset } from "./config/preset.ts";
import type { Place } from "./record/place.ts";
import { renamed } from "./records/rules.ts";
import type { JsonFields } from "../common/is_object.ts";
import { sealed } from "./records/seal.ts";
import { CELL_RECORD, type CellRecord, RUN_MANIFEST, type RunManifest } from "./records/mod.ts";

/** A hash of nothing. */
export const NO_HASH = "0".repeat(64);

/** An adapter that no machine has. */
export const FAKE_ADAPTER: CellRecord["machine"]["adapter"] = {
  vendor: "none",
  architecture: "none",
  device: "none",
  description: "made up for tests",
  isFallback: true,
  backend: "vulkan",
  features: [],
  limits: {},
};

/** A place where nothing was computed. */
export const FAKE_PLACE: Place = {
  commit: null,
  dirty: null,
  machine: { name: "made up", os: "none", cpu: "none", cores: 1, adapter: FAKE_ADAPTER },
  runtime: { deno: "0", v8: "0", typescript: "0" },
};

/** The text of a preset whose real cells are computed in a second. */
export const TINY_PRESET = `name: tiny
description: a try
dataset: { name: planted, trainSize: 32, testSize: 16, size: 12 }
model: { arch: resnet8, widths: [4, 4, 4] }
training: { epochs: 1, batchSize: 16 }
featureSets: {}
adversarialTraining: null
probe: null
evaluation: { autoAttack: null }
`;

/** A preset of four cells a seed: natural, adversarial, robust set, network on it. */
export function smallPreset(body = ""): Preset {
  const text = "name: small\ndescription: for tests\nfeatureSets: { robust: {} }\n" + body;
  return parsePreset(text, { source: "small.yaml" });
}

/** A record with some fields of one's own. */
export function fakeRecord(own: Partial<CellRecord> = {}): CellRecord {
  return CELL_RECORD.of({
    ...FAKE_PLACE,
    runId: "small-1",
    preset: "small",
    cell: "sl/natural/seed-0",
    kind: "train",
    codeHash: NO_HASH,
    inputs: {},
    config: {},
    configHash: NO_HASH,
    seed: 0,
    paradigm: "sl",
    featureSet: "natural",
    training: "standard",
    dataset: { name: "planted", sha256: NO_HASH },
    readPath: "buffer",
    variants: {},
    jobs: 1,
    startedAt: "2026-01-02T03:04:05.000Z",
    durationMs: 1000,
    status: "ok",
    reason: null,
    metrics: {},
    timings: [],
    checks: [],
    warnings: [],
    artifacts: [],
    ...own,
  });
}

/** A manifest with some fields of one's own. */
export function fakeManifest(own: Partial<RunManifest> = {}): RunManifest {
  return RUN_MANIFEST.of({
    ...FAKE_PLACE,
    runId: "small-1",
    preset: "small",
    description: "for tests",
    settings: {},
    command: "deno task bench",
    startedAt: "2026-01-02T03:04:05.000Z",
    durationMs: 17,
    cells: ["sl/natural/seed-0"],
    ...own,
  });
}

/** A workbench whose cells do what the test says; other fields as given. */
export function fakeWorkbench(
  executeCell: Workbench["executeCell"],
  own: Partial<Workbench> = {},
): OpenWorkbench {
  const workbench: Workbench = {
    dataset: { name: "planted", sha256: NO_HASH },
    adapter: FAKE_ADAPTER,
    driver: null,
    readPath: "buffer",
    executeCell,
    restoreOutput: () => Promise.resolve(undefined),
    profile: () => Promise.resolve({ phases: [], setUpMs: 0, firstMs: 0, peakBytes: 0 }),
    close: () => {},
    ...own,
  };
  return () => Promise.resolve(workbench);
}

/** A cell's outcome with one accuracy, made of its name and seed. */
export function fakeOutcome(cell: CellDescription) {
  const value = (cell.name.length + cell.seed) % 100 / 100;
  return {
    metrics: {
      cleanAccuracy: { value, unit: "fraction" },
      imagesPerSecond: { value: 100, unit: "images/s" },
    },
  };
}

/** Cells whose output is a text that depends on their input's; it is also their artifact. */
export async function chained(cell: CellDescription, context: CellContext) {
  const input = cell.inputs.map((name) => context.outputs.get(name)).join();
  const output = `${cell.name}(${input})`;
  context.outputs.set(cell.name, output);
  await context.artifact("weights", "output.txt", new TextEncoder().encode(output));
  return fakeOutcome(cell);
}

/** Loads what {@linkcode chained} left. */
export const restoreChained: Workbench["restoreOutput"] = async (cell, record, { runDir }) => {
  const text = await Deno.readTextFile(`${runDir}/${record.artifacts[0].path}`);
  if (!text.startsWith(cell.name)) throw new RangeError(`Cannot restore ${cell.name}: broken`);
  return text;
};

/** A record or manifest on disk, without the hash of itself. */
// deno-lint-ignore no-explicit-any -- tests change what they like
export async function readContent(path: string): Promise<any> {
  const { sha256: _seal, ...content } = JSON.parse(await Deno.readTextFile(path));
  return content;
}

/** Writes a record or manifest, whatever is in it, with its seal. */
export async function writeSealed(path: string, content: object): Promise<void> {
  await Deno.writeTextFile(path, JSON.stringify(sealed(content)));
}

/** A record or manifest of version 2 as version 1 wrote it, with its seal. */
export function asVersion1({ schema, version: _version, ...content }: Record<string, unknown>): object {
  const names = { codeHash: "benchmarkVersion", readPath: "kernelVariant" };
  if (schema === CELL_RECORD.schema) {
    const own = { ...names, preset: "suite", cell: "benchmark", variants: "kernelChoices" };
    return sealed({ schemaVersion: 1, ...renamed(content, own) });
  }
  const { commit: _commit, dirty: _dirty, machine: _machine, runtime: _runtime, identity, ...rest } = content;
  const old = renamed(rest, { preset: "suite", settings: "preset" });
  return sealed({ schemaVersion: 1, ...old, identity: renamed(identity as JsonFields, names) });
}

/** Runs a test with a temporary folder, removed afterwards. */
export async function withTempDir(body: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await body(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
