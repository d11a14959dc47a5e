/** Begins or resumes a run: finds the finished and the missing cells, and opens what they need. */
import type { CellDescription, Workbench } from "../plan/cell.ts";
import { codeHashes, keysOf } from "../plan/cell_key.ts";
import { Leases } from "../store/leases.ts";
import { configHash } from "../record/env.ts";
import { type Place, placeOf } from "../record/place.ts";
import { surroundingsOf } from "../adapter/surroundings.ts";
import { machineOf, shareMachine, type Sharing } from "../jobs/jobs_option.ts";
import { roughCosts } from "../plan/urgency.ts";
import { expand } from "../plan/plan.ts";
import { findManifest } from "../plan/read_manifest.ts";
import {
  checkSameRun,
  checkSharedRun,
  clearDropped,
  clearFolder,
  doneRecords,
  readStates,
  type StatesContext,
} from "../plan/resume.ts";
import { reuseCells } from "./reuse_cells.ts";
import { holdsRun, type RunFolder } from "../store/run_folder.ts";
import { identityOf, newManifest, recordedPreset, resumedManifest } from "../store/run_manifest.ts";
import type { CellRecord, RunManifest } from "../records/mod.ts";
import { UsageError } from "../../common/usage_error.ts";
import type { RunRequest, RunServices } from "./request.ts";

/** What one process does of a run. */
export interface Piece {
  readonly folder: RunFolder;
  readonly workbench: Workbench;
  readonly cells: readonly CellDescription[];
  /** As it is at the start of the piece. */
  readonly manifest: RunManifest;
  /** Whether this process leads: it found the folder without others, and writes the manifest. */
  readonly leads: boolean;
  readonly context: StatesContext;
  readonly kept: ReadonlyMap<string, CellRecord>;
  readonly sharing: Sharing;
  readonly place: Place;
  /** When it began, by the clock of durations. */
  readonly beganMs: number;
}

/**
 * Enters the folder, opens the workbench, finds out which cells are done and reuses those that other runs have.
 *
 * @throws {UsageError} See `run()`.
 */
export async function begin(
  folder: RunFolder,
  request: RunRequest & { readonly sources: readonly RunFolder[] },
  services: RunServices,
): Promise<Piece> {
  const { preset, dataDir, outDir, command, variants, backend, resume = false, jobs: asked = 1 } = request;
  const { signal, progress, now = () => new Date(), clock = () => performance.now() } = services;
  const note = (text: string) => progress.note(text);
  const plan = expand(preset), cells = request.only === undefined ? plan : withInputs(plan, request.only);
  const names = new Set(plan.map(({ name }) => name));
  await folder.know(names);
  const { alone } = await folder.enter();
  const beganMs = clock(), startedAt = now();
  const code = await codeHashes();
  let stopped: RunManifest | null = null, damage: string | null = null;
  if (await folder.holdsRun()) {
    if (!resume) throw holdsRun(outDir); // another process has just begun it
    ({ manifest: stopped, damage } = await findManifest(folder, { preset, cells: plan, command }));
    if (stopped !== null) checkSameRun(outDir, stopped, { preset: preset.name });
    if (damage !== null && !alone) throw damagedMeanwhile(outDir, damage);
  }
  const dropped = (stopped?.cells ?? []).filter((name) => !names.has(name));
  await folder.know(dropped);
  const workbench = await services.openWorkbench(preset, { dataDir, signal, variants, backend, note });
  try {
    const surroundings = surroundingsOf(workbench);
    const identity = identityOf(surroundings, configHash(code));
    const leads = alone || stopped === null;
    if (stopped !== null) {
      checkSameRun(outDir, stopped, { identity });
      if (!leads) checkSharedRun(outDir, stopped, { settings: recordedPreset(preset), identity });
    }
    const keys = keysOf(cells, { code, ...surroundings });
    const context: StatesContext = { code, ...surroundings, keys };
    const found = await readStates(folder, cells, context);
    const machine = machineOf(workbench.adapter), place = await placeOf(workbench);
    const sharing = shareMachine(cells, { asked: services.worker ? asked : 1, machine });
    const { jobs } = sharing;
    const manifest = stopped === null
      ? newManifest(preset, { cells, command, startedAt, identity, jobs, place })
      : leads
      ? resumedManifest(stopped, { preset, cells, identity, startedAt, jobs, place })
      : stopped;
    const costOf = roughCosts(cells);
    progress.begin?.({ cells: cells.map((cell) => ({ name: cell.name, cost: costOf(cell) })), jobs });
    if (leads) {
      if (stopped !== null || damage !== null) await folder.tidy();
      await clearDropped(folder, dropped, note);
      if (damage !== null) {
        await folder.keepDamagedManifest();
        note(`run.json ${damage}: it is kept as run.json.corrupt, and made again from records and preset`);
      }
      await folder.writeManifest(manifest);
    } else note(`Another process is at work in ${outDir}: this one shares the cells with it`);
    const leases = new Leases(folder.path, services.leases);
    const own = { folder, states: found, context, leads, runId: manifest.runId, preset, leases };
    const { sources, recompute } = request;
    const states = await reuseCells(cells, { ...own, sources, recompute, note, signal });
    if (leads) await clearFolder(folder, states, note);
    await folder.share();
    return {
      folder,
      workbench,
      cells,
      manifest,
      leads,
      context,
      kept: doneRecords(states),
      sharing,
      place,
      beganMs,
    };
  } catch (error) {
    workbench.close();
    throw error;
  }
}

/** The refusal where a process at work in the folder is about to write `run.json` again. */
function damagedMeanwhile(runDir: string, damage: string): UsageError {
  return new UsageError(
    `Cannot join the run in ${runDir}: another process is at work there, and its run.json ${damage}\n` +
      "Hint: wait until it has ended",
  );
}

/** Named cells and all that they need, in the order of the plan. */
function withInputs(plan: readonly CellDescription[], names: readonly string[]): CellDescription[] {
  const wanted = new Set(names);
  const absent = names.find((name) => !plan.some((cell) => cell.name === name));
  if (absent !== undefined) throw new RangeError(`Cannot run ${absent}: the preset has no such cell`);
  return plan.toReversed().filter(({ name, inputs }) => {
    if (wanted.has(name)) inputs.forEach((input) => wanted.add(input));
    return wanted.has(name);
  }).reverse();
}
