/** The manifest of a run, read from `run.json`, or made again from the records where that is damaged. */
import { isCellName, isName, NAME_ALPHABET } from "../config/checked_name.ts";
import type { Preset } from "../config/preset.ts";
import { surroundingsOf } from "../adapter/surroundings.ts";
import { type CellRecord, type RunManifest, SCHEMA_VERSION } from "../schema.ts";
import type { RunFolder } from "../store/run_folder.ts";
import { recordedPreset } from "../store/run_manifest.ts";
import { UsageError } from "../terminal/usage_error.ts";
import type { CellDescription } from "./cell.ts";
import { readRecord } from "./cell_state.ts";

/** Why a text is no manifest. */
export interface ManifestFault {
  /** "is not JSON", to follow "its run.json". */
  readonly reason: string;
  /** Whether it is one of another version of the schema: nothing must touch it. */
  readonly otherVersion: boolean;
}

/** A run's manifest. */
export interface FoundManifest {
  /** Null where it is damaged and no record tells what stood in it: the run has not finished a cell yet. */
  readonly manifest: RunManifest | null;
  /** What is wrong with `run.json`; null if nothing. */
  readonly damage: string | null;
}

/**
 * Reads the manifest of the run in a folder. One that is damaged is rebuilt from the records of cells and the preset asked
 * for, which must be of the same run. Nothing is written.
 *
 * @throws {UsageError} If it is of another version of the schema, or damaged where neither a record nor a checkpoint shows
 * that the folder holds a run of these cells.
 */
export async function findManifest(
  folder: RunFolder,
  { preset, cells, command }: { preset: Preset; cells: readonly CellDescription[]; command: string },
): Promise<FoundManifest> {
  const found = readManifest(await folder.readManifest());
  if (!("reason" in found)) return { manifest: found, damage: null };
  const names = cells.map(({ name }) => name), { reason, otherVersion } = found;
  const records = otherVersion ? [] : await readableRecords(folder, names);
  if (records.length > 0) {
    return { manifest: rebuilt(records, { preset, cells: names, command }), damage: reason };
  }
  if (!otherVersion && await folder.hasCheckpoints(names)) return { manifest: null, damage: reason };
  throw cannotResume(folder.path, reason);
}

/**
 * A text as a run's manifest.
 *
 * @throws {UsageError} If it is none.
 */
export function parseRunManifest(runDir: string, text: string): RunManifest {
  const found = readManifest(text);
  if ("reason" in found) throw cannotResume(runDir, found.reason);
  return found;
}

/** A text as a run's manifest, or why it is none. */
export function readManifest(text: string): RunManifest | ManifestFault {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { reason: "is not JSON", otherVersion: false };
  }
  if (!isObject(json)) return { reason: "is not a JSON object", otherVersion: false };
  const { schemaVersion: version } = json;
  if (version !== SCHEMA_VERSION) {
    const reason = `has schemaVersion ${JSON.stringify(version) ?? "nothing"}, known is ${SCHEMA_VERSION}`;
    return { reason, otherVersion: Number.isInteger(version) };
  }
  const reason = fieldFault(json);
  return reason === null ? json as unknown as RunManifest : { reason, otherVersion: false };
}

function fieldFault(json: Fields): string | null {
  const { runId, startedAt, durationMs, preset, suite, cells, identity, resumedAt } = json;
  if (typeof runId !== "string" || !isTime(startedAt) || !Number.isFinite(durationMs)) {
    return "lacks runId, startedAt or durationMs";
  }
  if (!isObject(preset)) return "holds no preset";
  if (!isName(suite)) return `names the suite ${JSON.stringify(suite)}, which is not of ${NAME_ALPHABET}`;
  if (!Array.isArray(cells) || !cells.every(isCellName)) return "lists no names of cells";
  if (identity !== undefined && !(isObject(identity) && isObject(identity.dataset))) {
    return "holds no identity";
  }
  return resumedAt === undefined || Array.isArray(resumedAt) && resumedAt.every(isTime)
    ? null
    : "holds no times in resumedAt";
}

type Fields = Readonly<Record<string, unknown>>;

function isTime(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

async function readableRecords(folder: RunFolder, names: readonly string[]): Promise<CellRecord[]> {
  const found = await Promise.all(names.map(async (name) => {
    const text = await folder.readRecord(name);
    const record = text === null ? null : readRecord(text, name);
    return record === null || "fault" in record ? [] : [record];
  }));
  return found.flat();
}

/** What can be told of a run from its records: of what differs among them, the newest has the last word. */
function rebuilt(
  records: readonly CellRecord[],
  { preset, cells, command }: { preset: Preset; cells: readonly string[]; command: string },
): RunManifest {
  const computed = records.filter(({ reusedFrom }) => reusedFrom === undefined);
  const own = (computed.length > 0 ? computed : records).toSorted((a, b) =>
    a.startedAt < b.startedAt ? -1 : 1
  );
  const { runId, suite, benchmarkVersion, dataset, machine, kernelVariant } = own.at(-1)!;
  return {
    schemaVersion: SCHEMA_VERSION,
    runId,
    suite,
    description: preset.description,
    preset: recordedPreset(preset),
    command,
    startedAt: own[0].startedAt,
    durationMs: computed.reduce((sum, { durationMs }) => sum + durationMs, 0),
    identity: {
      benchmarkVersion,
      ...surroundingsOf({ dataset, adapter: machine.adapter, driver: machine.driver ?? null, kernelVariant }),
    },
    cells,
  };
}

function cannotResume(runDir: string, reason: string): UsageError {
  return new UsageError(
    `Cannot resume the run in ${runDir}: its run.json ${reason}\nHint: start a new run with another --out`,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
