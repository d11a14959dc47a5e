/** The cells of a plan as a graph: what each needs, its key, and what a run folder holds of it. */
import type { CellDescription, Workbench } from "./cell.ts";
import { codeHashes, keysOf } from "./cell_key.ts";
import type { CellState } from "./cell_state.ts";
import { adapterName, configHash } from "../record/env.ts";
import type { Preset } from "../config/preset.ts";
import { checkSameRun, parseRunManifest, readStates, shorten, type StatesContext } from "./resume.ts";
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
}

/**
 * Finds what a run folder holds of each cell; nothing is written.
 *
 * @param options.runDir Null for none; where no run lies in it, everything is to do.
 * @throws {UsageError} If the folder holds the run of another preset's name, data set or adapter, or of a later version.
 */
export async function planStates(
  cells: readonly CellDescription[],
  { preset, runDir, workbench }: {
    preset: Preset;
    runDir: string | null;
    workbench: Pick<Workbench, "dataset" | "adapter" | "kernelVariant">;
  },
): Promise<PlannedCell[]> {
  const code = await codeHashes();
  const { dataset, kernelVariant } = workbench, adapter = adapterName(workbench.adapter);
  const keys = await keysOf(cells, { code, dataset, adapter, kernelVariant });
  const context: StatesContext = { code, dataset, adapter, kernelVariant, keys };
  const folder = runDir === null ? null : await RunFolder.open(runDir);
  if (folder !== null) {
    const manifest = parseRunManifest(folder.path, await folder.readManifest());
    checkSameRun(folder.path, manifest, {
      suite: preset.name,
      identity: identityOf(workbench, await configHash(code)),
    });
  }
  const states = folder === null ? null : await readStates(folder, cells, context);
  return cells.map(({ name, kind, inputs }): PlannedCell => {
    const found: CellState = states?.get(name) ?? { state: "to do", record: null, why: [] };
    return {
      name,
      kind,
      inputs,
      key: keys.get(name)!.key,
      state: found.state,
      why: found.state === "done" ? [] : found.why,
      tookMs: found.state === "done" ? found.record.durationMs : null,
    };
  });
}

/** The graph as a table for people. */
export function formatStates(preset: string, cells: readonly PlannedCell[]): string {
  const counts = (["done", "stale", "corrupt", "to do"] as const).flatMap((state) => {
    const count = cells.filter((cell) => cell.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  const table = formatTable(
    [{ title: "cell" }, { title: "needs" }, { title: "state" }],
    cells.map(({ name, inputs, state, why }) => [
      name,
      inputs.length === 0 ? "-" : inputs.join(", "),
      why.length === 0 ? state : `${state}: ${shorten(why)}`,
    ]),
  );
  return `Preset ${preset}: ${cells.length} cells, ${counts.join(", ")}.\n\n${table}`;
}
