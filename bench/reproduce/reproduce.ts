/** Runs the cell of a record again and says whether the same comes out. */
import { dirname, resolve } from "node:path";
import { readText } from "../../common/read_file.ts";
import { reasonOf } from "../../common/system_error.ts";
import type { CellDescription, Workbench } from "../plan/cell.ts";
import { codeHashes, keysOf } from "../plan/cell_key.ts";
import { stateOf } from "../plan/cell_state.ts";
import { differences } from "../record/differences.ts";
import { configHash } from "../record/env.ts";
import { surroundingsOf } from "../adapter/surroundings.ts";
import { expand } from "../plan/plan.ts";
import type { Preset } from "../config/preset.ts";
import { recordedConfig, withoutLabels } from "../record/record.ts";
import { parseRunManifest } from "../plan/read_manifest.ts";
import { CELL_RECORD, readCellRecord } from "../records/cell_record.ts";
import { run } from "../run/run.ts";
import type { RunRequest, RunServices } from "../run/request.ts";
import type { CellRecord, RunManifest } from "../records/mod.ts";
import { UsageError } from "../../common/usage_error.ts";
import { amountsOf } from "./amounts.ts";
import { type ReproductionVerdict, verdictOf } from "./verdict.ts";

/** What to reproduce. */
export interface ReproduceRequest extends Pick<RunRequest, "dataDir" | "variants" | "backend"> {
  /** The record, in the `records` folder of its run. */
  readonly path: string;
  /** See {@linkcode verdictOf}. Default: 0.01. */
  readonly tolerance?: number;
}

/** What came out. */
export interface Reproduction extends ReproductionVerdict {
  /** The cell. */
  readonly cell: string;
  /** What is not as it was when the record was made: code, data, adapter, driver. */
  readonly changed: readonly string[];
  /** Input cells whose results were reused from the run folder; the others were computed again. */
  readonly taken: readonly string[];
  /** The record as it is now. */
  readonly record: CellRecord;
}

/** A record that can be reproduced, and where it comes from. */
interface Origin {
  readonly record: CellRecord;
  readonly runDir: string;
  readonly manifest: RunManifest;
  readonly preset: Preset;
  readonly cell: CellDescription;
}

/**
 * Runs a cell again, in a temporary folder: nothing of the run changes. Its inputs from other cells are
 * reused from the run folder if the keys of their records are the current ones, and computed again otherwise.
 *
 * @throws {UsageError} If the record cannot be read, is not of a finished cell, or does not belong to the run of its folder.
 */
export async function reproduce(
  request: ReproduceRequest,
  services: Pick<RunServices, "openWorkbench" | "progress" | "signal" | "checkpointPauseMs">,
): Promise<Reproduction> {
  const origin = await readOrigin(request.path), { record, runDir, preset, cell, manifest } = origin;
  const { dataDir, variants, backend, tolerance = 0.01 } = request, { signal, progress } = services;
  const note = (text: string) => progress.note(text);
  const workbench = await services.openWorkbench(preset, { dataDir, signal, variants, backend, note });
  const folder = await Deno.makeTempDir({ prefix: "realfeatures-reproduce-" }).catch((error) => {
    workbench.close();
    throw error;
  });
  try {
    const changed = await changesOf(origin, workbench);
    const only = [cell.name], again = { reuse: [runDir], recompute: only };
    const result = await run(
      { preset, dataDir, variants, outDir: folder, command: manifest.command, only, ...again },
      { ...services, openWorkbench: () => Promise.resolve({ ...workbench, close() {} }), writeReport: null },
    );
    signal.throwIfAborted();
    const after = result.records.find((record) => record.cell === cell.name)!;
    const taken = result.records.filter(({ reusedFrom }) => reusedFrom !== undefined);
    return {
      cell: cell.name,
      ...verdictOf(record, { after, tolerance }),
      changed: [...changed, ...otherDriver(record, after)],
      taken: taken.map(({ cell }) => cell),
      record: after,
    };
  } finally {
    workbench.close();
    await Deno.remove(folder, { recursive: true }).catch(() => {}); // the system clears such folders
  }
}

async function readOrigin(path: string): Promise<Origin> {
  const refuse = (reason: string, cause?: unknown) =>
    new UsageError(
      `Cannot reproduce ${path}: ${reason}\nHint: give a record in the records folder of a run, records/<cell>.json`,
      { cause },
    );
  const unreadable = (what: string) => (cause: Error): never => {
    throw refuse(`${what} cannot be read, ${reasonOf(cause)}`, cause);
  };
  const found = readCellRecord(await readText(path).catch(unreadable("it")));
  if ("fault" in found) throw refuse(`it is no record of a cell, ${found.fault}`);
  const { value: record } = found, runDir = dirname(dirname(resolve(path)));
  if (record.key === undefined) throw refuse("it has no key");
  if (record.status !== "ok" && record.status !== "quick") {
    throw refuse(`its cell has not finished, it is ${record.status}`);
  }
  const text = await readText(`${runDir}/run.json`)
    .catch(unreadable("the run.json of its run"));
  const manifest = parseRunManifest(runDir, text);
  const recorded = amountsOf(manifest.settings) as Preset;
  const seeds = recorded.seeds.includes(record.seed) ? recorded.seeds : [...recorded.seeds, record.seed];
  const preset = { ...recorded, seeds };
  const cell = expand(preset).find(({ name }) => name === record.cell);
  if (cell === undefined) throw refuse("the run of its folder has no such cell");
  if (configHash(withoutLabels(recordedConfig(cell))) !== record.configHash) {
    throw refuse("the run of its folder has another configuration by now");
  }
  return { record, runDir, manifest, preset, cell };
}

/** What has changed since the record was made. */
async function changesOf({ preset, cell, record }: Origin, workbench: Workbench): Promise<readonly string[]> {
  const context = { code: await codeHashes(), ...surroundingsOf(workbench) };
  const key = keysOf(expand(preset), context).get(cell.name)!;
  const now = stateOf(cell, CELL_RECORD.write(record), { ...context, key });
  return now.state === "stale" ? now.why : [];
}

/** That the driver is another one, where both records know it. */
function otherDriver(record: CellRecord, again: CellRecord): string[] {
  const [found, expected] = [record, again].map(({ machine }) => machine.driver ?? null);
  return found === null || expected === null ? [] : differences("driver", { found, expected });
}
