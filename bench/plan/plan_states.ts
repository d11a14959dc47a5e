/** The cells of a plan as a graph: what each needs, its key, and what a run folder holds of it. */
import type { CellDescription, Workbench } from "./cell.ts";
import { codeHashes, keysOf } from "./cell_key.ts";
import type { CellState } from "./cell_state.ts";
import { configHash } from "../record/env.ts";
import { surroundingsOf } from "../adapter/surroundings.ts";
import type { Preset } from "../config/preset.ts";
import { findManifest } from "./read_manifest.ts";
import { checkSameRun, readStates, shorten, type StatesContext } from "./resume.ts";
import { filesAreThere, type FinishedElsewhere, finishedElsewhere, openSources } from "./reuse.ts";
import { RunFolder } from "../store/run_folder.ts";
import { identityOf } from "../store/run_manifest.ts";
import { formatTable } from "../terminal/table.ts";

/** A cell of a plan. */
export interface PlannedCell {
  readonly name: string;
  readonly kind: CellDescription["kind"];
  /** Names of the cells whose results it needs. */
  readonly inputs: readonly string[];
  /** What it computes, in one hash. */
  readonly key: string;
  readonly state: CellState["state"];
  /** Why it is not done: parts of its key that differ, or what became of it. */
  readonly why: readonly string[];
  /** Of a finished cell: how long it took. */
  readonly tookMs: number | null;
  /** Of a finished cell: the folder of the run that it would be reused from; null where it is this run's own. */
  readonly reusedFrom: string | null;
}

/**
 * Finds what a run folder holds of each cell; nothing is written.
 *
 * @param options.runDir Null for none; where no run lies in it, everything is to do.
 * @param options.reuse Folders of runs whose finished cells would be reused. Their files are there; whether they are
 * the ones that the records name shows when they are taken. Default: none.
 * @param options.note Told of records in these that cannot be used. Default: nobody.
 * @throws {UsageError} If the folder holds the run of another preset's name, data set or adapter, or of a later version;
 * or a folder to reuse holds no run.
 */
export async function planStates(
  cells: readonly CellDescription[],
  { preset, runDir, workbench, reuse = [], note = () => {} }: {
    preset: Preset;
    runDir: string | null;
    reuse?: readonly string[];
    note?: (text: string) => void;
    workbench: Pick<Workbench, "dataset" | "adapter" | "driver" | "readPath">;
  },
): Promise<PlannedCell[]> {
  const sources = await openSources(reuse, note);
  const code = await codeHashes();
  const surroundings = surroundingsOf(workbench);
  const keys = keysOf(cells, { code, ...surroundings });
  const context: StatesContext = { code, ...surroundings, keys };
  const folder = runDir === null ? null : await RunFolder.open(runDir);
  if (folder !== null) {
    await folder.know(cells.map(({ name }) => name));
    const { manifest, damage } = await findManifest(folder, { preset, cells, command: "" });
    const identity = identityOf(surroundings, configHash(code));
    if (manifest !== null) checkSameRun(folder.path, manifest, { preset: preset.name, identity });
    if (damage !== null) note(`The run.json of ${folder.path} ${damage}: bench --resume makes it again`);
  }
  const states = folder === null ? null : await readStates(folder, cells, context);
  return await Promise.all(cells.map(async ({ name, kind, inputs }): Promise<PlannedCell> => {
    const { key } = keys.get(name)!;
    const own: CellState = states?.get(name) ?? { state: "to do", record: null, why: [] };
    const reused = own.state === "done" ? null : await firstWhole({ name }, { sources, key, note });
    const found: CellState = reused === null ? own : { state: "done", record: reused.record };
    return {
      name,
      kind,
      inputs,
      key,
      state: found.state,
      why: found.state === "done" ? [] : found.why,
      tookMs: found.state === "done" ? found.record.durationMs : null,
      reusedFrom: reused?.source.path ?? null,
    };
  }));
}

/** Where a cell would be reused from. */
async function firstWhole(
  cell: Pick<CellDescription, "name">,
  options: Parameters<typeof finishedElsewhere>[1],
): Promise<FinishedElsewhere | null> {
  for (const found of await finishedElsewhere(cell, options)) {
    if (await filesAreThere(found)) return found;
    options.note(`Cannot reuse ${cell.name} from ${found.source.path}: a file that it left is absent`);
  }
  return null;
}

/** "done", "done (in runs/a)". */
export function stateText({ state = "to do", reusedFrom = null }: Partial<PlannedCell>): string {
  return reusedFrom === null ? state : `${state} (in ${reusedFrom})`;
}

/** The graph as a table for people. */
export function formatStates(preset: string, cells: readonly PlannedCell[]): string {
  const kinds = cells.map(({ state, reusedFrom }) => reusedFrom === null ? state : "done in other runs");
  const counts = (["done", "done in other runs", "stale", "corrupt", "to do"] as const).flatMap((kind) => {
    const count = kinds.filter((other) => other === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  const table = formatTable(
    [{ title: "cell" }, { title: "needs" }, { title: "state" }],
    cells.map((cell) => [
      cell.name,
      cell.inputs.length === 0 ? "-" : cell.inputs.join(", "),
      cell.why.length === 0 ? stateText(cell) : `${cell.state}: ${shorten(cell.why)}`,
    ]),
  );
  return `Preset ${preset}: ${cells.length} cells, ${counts.join(", ")}.\n\n${table}`;
}
