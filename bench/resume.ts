/** Whether a stopped run may go on, and what of it is kept. */
import type { CellDescription } from "./cell.ts";
import { differences } from "./differences.ts";
import { buildRecord, NO_OUTCOME, type RunFacts } from "./record.ts";
import type { RunFolder } from "./run_folder.ts";
import { type CellRecord, type RunManifest, SCHEMA_VERSION } from "./schema.ts";
import { UsageError } from "./usage_error.ts";

/** The parts of a manifest that a resumed run must share. */
export type Expected = Partial<Pick<RunManifest, "preset" | "identity">>;

/** The most differences that are named one by one. */
const NAMED = 8;

/**
 * Refuses to go on with a run that is not the one asked for.
 *
 * @param expected What this command would write into a manifest, as far as it is known.
 * @throws {UsageError} If anything differs; it names each difference, what was found and what was expected.
 */
export function checkSameRun(runDir: string, found: RunManifest, expected: Expected): void {
  const unlike: string[] = [];
  for (const name of ["preset", "identity"] as const) {
    if (expected[name] === undefined) continue;
    const path = name === "identity" && isObject(found.identity) ? "" : name;
    unlike.push(...differences(path, { found: found[name], expected: plain(expected[name]) }));
  }
  if (unlike.length === 0) return;
  const more = unlike.length > NAMED ? `; and ${unlike.length - NAMED} more` : "";
  throw new UsageError(
    `Cannot resume the run in ${runDir}: it is another run, ${unlike.slice(0, NAMED).join("; ")}${more}\n` +
      "Hint: resume it with the preset, data, code and adapter it began with, or start a new run with another --out",
  );
}

/** As it looks after a round trip through a file. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The finished records of a run by cell name: "ok" or "quick", of the same run, cell, configuration and code. Failed
 * and skipped cells are left out, and so is what cannot be read.
 *
 * @param options.note Told of each record that is there but cannot be used.
 */
export async function finishedRecords(
  folder: RunFolder,
  options: { cells: readonly CellDescription[]; facts: RunFacts; note: (text: string) => void },
): Promise<Map<string, CellRecord>> {
  const { cells, facts, note } = options;
  const finished = new Map<string, CellRecord>();
  for (const cell of cells) {
    const fault = (reason: string) => note(`${cell.name} runs again: its record ${reason}`);
    let record: unknown;
    try {
      record = await folder.readRecord(cell.name);
    } catch (error) {
      fault(`cannot be read, ${error instanceof Error ? error.message : error}`);
      continue;
    }
    if (record === null) continue;
    if (isObject(record) && (record.status === "failed" || record.status === "skipped")) continue;
    const wrong = await wrongField(record, { cell, facts });
    if (wrong === null) finished.set(cell.name, record as CellRecord);
    else fault(`is not one of this run, ${wrong}`);
  }
  return finished;
}

/** What keeps a record from counting as that of a cell of this run; null if nothing does. */
async function wrongField(
  record: unknown,
  { cell, facts }: { cell: CellDescription; facts: RunFacts },
): Promise<string | null> {
  if (!isObject(record)) return "it is no object";
  const end = {
    startedAt: new Date(0),
    durationMs: 0,
    status: "ok",
    reason: null,
    outcome: NO_OUTCOME,
  } as const;
  const expected = await buildRecord(cell, end, facts);
  const fields = [
    "runId",
    "benchmark",
    "kind",
    "configHash",
    "seed",
    "benchmarkVersion",
    "kernelVariant",
  ] as const;
  for (const name of ["schemaVersion", ...fields] as const) {
    if (record[name] === expected[name]) continue;
    return `${name}: found ${show(record[name])}, expected ${show(expected[name])}`;
  }
  if (record.status !== "ok" && record.status !== "quick") return `status: found ${show(record.status)}`;
  if (!isObject(record.metrics)) return "it holds no metrics";
  if (!Array.isArray(record.artifacts) || !record.artifacts.every(isObject)) return "it lists no artifacts";
  return null;
}

/**
 * Checks that parsed JSON is a manifest that a run can go on from.
 *
 * @throws {UsageError} If it is of another version of the schema or lacks what is needed.
 */
export function parseRunManifest(runDir: string, json: unknown): RunManifest {
  const refuse = (reason: string) =>
    new UsageError(
      `Cannot resume the run in ${runDir}: its run.json ${reason}\nHint: start a new run with another --out`,
    );
  if (!isObject(json)) throw refuse("is not a JSON object");
  if (json.schemaVersion !== SCHEMA_VERSION) {
    throw refuse(`has schemaVersion ${show(json.schemaVersion)}, known is ${SCHEMA_VERSION}`);
  }
  const { runId, startedAt, durationMs, preset } = json;
  if (typeof runId !== "string" || typeof startedAt !== "string" || typeof durationMs !== "number") {
    throw refuse("lacks runId, startedAt or durationMs");
  }
  if (!isObject(preset)) throw refuse("holds no preset");
  return json as unknown as RunManifest;
}
