/** Runs the cells of a preset, one after the other or several at once, and leaves a run folder. */
import type { writeFileAtomic } from "../../engine/atomic_file.ts";
import type { CellDescription, OpenWorkbench, Workbench } from "../plan/cell.ts";
import { codeHashes, keysOf } from "../plan/cell_key.ts";
import type { Choices } from "../adapter/choices_option.ts";
import { Claims, type ClaimsOptions } from "../store/claims.ts";
import { DiskFullError, isDiskFull } from "../store/disk_full.ts";
import { adapterName, configHash, gitState, lockHash, machineInfo, runtimeInfo } from "../record/env.ts";
import { formatError } from "../terminal/explained.ts";
import { interruptedCode } from "../terminal/interrupt.ts";
import { machineOf, shareMachine, type Sharing } from "../jobs/jobs_option.ts";
import { roughCosts } from "../plan/urgency.ts";
import { localPool } from "../jobs/local_pool.ts";
import type { CellPool } from "../jobs/pool.ts";
import { workerPool } from "../jobs/worker_pool.ts";
import { expand } from "../plan/plan.ts";
import { openSources } from "../plan/reuse.ts";
import type { Preset } from "../config/preset.ts";
import type { Progress } from "./progress.ts";
import type { RunFacts } from "../record/record.ts";
import {
  checkSameRun,
  checkSharedRun,
  clearFolder,
  doneRecords,
  endedRecord,
  parseRunManifest,
  readStates,
  type StatesContext,
} from "../plan/resume.ts";
import { runCells } from "./run_cells.ts";
import { takeOver } from "./take_over.ts";
import { holdsRun, RunFolder } from "../store/run_folder.ts";
import {
  identityOf,
  newManifest,
  recordedPreset,
  resumedManifest,
  timestamp,
} from "../store/run_manifest.ts";
import type { CellRecord, RunManifest } from "../schema.ts";
import { EXIT, type ExitCode } from "../terminal/usage_error.ts";

/** What to run. */
export interface RunRequest {
  /** Complete; its seeds are the ones that run. */
  readonly preset: Preset;
  /** The run folder; it must not hold a run, unless that is resumed. */
  readonly outDir: string;
  /** Goes on with the run in the folder; starts one where there is none. Default: false. */
  readonly resume?: boolean;
  /** Folder of the images, for data sets that are read. */
  readonly dataDir: string | null;
  /** The command as typed, for the manifest. */
  readonly command: string;
  /** How many cells to run at once; null for what suits the adapter, where workers can be started. Default: 1. */
  readonly jobs?: number | null;
  /** Who picks among an operation's ways of computing. Default: the fixed table. */
  readonly choices?: Choices;
  /** Names of the cells to run, beside those that they need. Default: all. */
  readonly only?: readonly string[];
  /** Folders of runs whose finished cells are taken over where keys agree, the first that has one. Default: none. */
  readonly reuse?: readonly string[];
  /** Names of cells that are taken over from none of these. Default: none. */
  readonly anew?: readonly string[];
}

/** Writes the page of a run folder: `reports/mod.ts` exports one. */
export type WriteReport = (
  runDir: string,
) => Promise<{ path: string; problems: readonly { path: string; reason: string }[] }>;

/** What a run needs from outside. */
export interface RunServices {
  readonly openWorkbench: OpenWorkbench;
  /** Writes the page of a run folder; says where, and which files it could not use. Null for no page. */
  readonly writeReport: WriteReport | null;
  readonly progress: Progress;
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Default: the clock. Of it come the times that records name, never durations. */
  readonly now?: () => Date;
  /** Milliseconds from any fixed point, for durations: they must never go back. Default: `performance.now`. */
  readonly clock?: () => number;
  /** How processes that share a folder keep apart. */
  readonly claims?: ClaimsOptions;
  /** Writes a file whole or not at all. Default: `writeFileAtomic`. */
  readonly writeFile?: typeof writeFileAtomic;
  /** Milliseconds between two checkpoints of a cell; default: 30 seconds. */
  readonly checkpointPauseMs?: number;
  /** Program of the worker processes that run cells where several run at once, such as `bench/jobs/worker.ts`. */
  readonly worker?: URL;
}

/** How a run ended. */
export interface RunResult {
  readonly runDir: string;
  readonly manifest: RunManifest;
  /** Of finished, failed and skipped cells, in the order of the plan. */
  readonly records: readonly CellRecord[];
  /** Path of the page, or null where it could not be made, or was not asked for. */
  readonly report: string | null;
  /** 0, 1 if a cell or the report failed, 130 if interrupted, 143 if by SIGTERM. */
  readonly exitCode: ExitCode;
}

/**
 * Runs every cell, in this process, or several at once in worker processes. A cell that throws is recorded as failed,
 * the cells that need it as skipped, the others go on. On an abort the running cells leave no record, all earlier ones
 * stay. A resumed run keeps the records whose keys are those of its cells, and ends with the ones of an uninterrupted run.
 * Finished cells of the runs to reuse are taken over, with their files, before any cell runs.
 * Processes that resume the same run at the same time share its cells.
 *
 * @throws {UsageError} If the folder cannot be written, another process is at work there on another run, or it holds a run
 * that is not to be resumed, or one of another preset's name, data set or adapter, or a record of a later version; such a
 * run stays as it is. If a folder to reuse holds no run.
 * @throws {RangeError} If several cells are to run at once and no worker is given, or a cell is named that is none.
 * @throws {DiskFullError} If the disk is full; what is finished stays.
 * @throws {Error} If the workbench cannot be opened (no adapter, unreadable data); nothing is left behind then.
 */
export async function run(request: RunRequest, services: RunServices): Promise<RunResult> {
  const { outDir, resume = false, jobs: asked = 1 } = request;
  if (asked !== null && asked > 1 && services.worker === undefined) {
    throw new RangeError(`Cannot run ${asked} cells at once: no program for worker processes is given`);
  }
  const sources = await openSources(request.reuse ?? []);
  const options = { write: services.writeFile };
  const folder = (resume ? await RunFolder.open(outDir, options) : null) ??
    await RunFolder.create(outDir, options);
  let piece: Piece;
  try {
    piece = await begin(folder, { ...request, sources }, services);
  } catch (error) {
    await folder.leave();
    await folder.discard();
    throw endOf(error);
  }
  try {
    return await work(piece, request, services);
  } finally {
    await folder.leave();
  }
}

/** What one process does of a run. */
interface Piece {
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
  /** When it began, by the clock of durations. */
  readonly beganMs: number;
}

async function begin(
  folder: RunFolder,
  request: RunRequest & { readonly sources: readonly RunFolder[] },
  services: RunServices,
): Promise<Piece> {
  const { preset, dataDir, outDir, command, choices, resume = false, jobs: asked = 1 } = request;
  const { signal, progress, now = () => new Date(), clock = () => performance.now() } = services;
  const note = (text: string) => progress.note(text);
  const { alone } = await folder.enter();
  const beganMs = clock(), startedAt = now();
  const plan = expand(preset), cells = request.only === undefined ? plan : withInputs(plan, request.only);
  const code = await codeHashes();
  let stopped: RunManifest | null = null;
  if (await folder.holdsRun()) {
    if (!resume) throw holdsRun(outDir); // another process has just begun it
    stopped = parseRunManifest(outDir, await folder.readManifest());
    checkSameRun(outDir, stopped, { suite: preset.name });
  }
  const workbench = await services.openWorkbench(preset, { dataDir, signal, choices, note });
  try {
    const identity = identityOf(workbench, await configHash(code));
    const leads = alone || stopped === null;
    if (stopped !== null) {
      checkSameRun(outDir, stopped, { identity });
      if (!leads) checkSharedRun(outDir, stopped, { preset: recordedPreset(preset), identity });
    }
    const { dataset, kernelVariant } = workbench, adapter = adapterName(workbench.adapter);
    const keys = await keysOf(cells, { code, dataset, adapter, kernelVariant });
    const context: StatesContext = { code, dataset, adapter, kernelVariant, keys };
    const found = await readStates(folder, cells, context);
    const machine = machineOf(workbench.adapter);
    const sharing = shareMachine(cells, { asked: services.worker ? asked : 1, machine });
    const { jobs } = sharing;
    const manifest = stopped === null
      ? newManifest(preset, { cells, command, startedAt, identity, jobs })
      : leads
      ? resumedManifest(stopped, { preset, cells, identity, startedAt, jobs })
      : stopped;
    const costOf = roughCosts(cells);
    progress.begin?.({ cells: cells.map((cell) => ({ name: cell.name, cost: costOf(cell) })), jobs });
    if (leads) {
      await folder.tidy();
      await folder.writeManifest(manifest);
    } else note(`Another process is at work in ${outDir}: this one shares the cells with it`);
    const claims = new Claims(folder.path, services.claims);
    const own = { folder, states: found, context, leads, runId: manifest.runId, preset, claims };
    const { sources, anew } = request;
    const states = await takeOver(cells, { ...own, sources, anew, note, signal });
    if (leads) await clearFolder(folder, states, { plan: new Set(plan.map(({ name }) => name)), note });
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
      beganMs,
    };
  } catch (error) {
    workbench.close();
    throw error;
  }
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

async function work(piece: Piece, request: RunRequest, services: RunServices): Promise<RunResult> {
  const { folder, workbench, cells, kept, context, leads, beganMs, sharing: { jobs } } = piece;
  const { preset } = request;
  const { progress, signal, now = () => new Date(), clock = () => performance.now() } = services;
  let manifest = piece.manifest;
  const writeManifest = async () => {
    if (!leads) return;
    const durationMs = piece.manifest.durationMs + Math.round(clock() - beganMs);
    manifest = { ...manifest, durationMs };
    await folder.writeManifest(manifest);
  };
  let records: CellRecord[];
  const pool = await openPool(piece, request, services);
  try {
    const facts: RunFacts = {
      runId: manifest.runId,
      suite: preset.name,
      keys: context.keys,
      ...await gitState(),
      dataset: workbench.dataset,
      machine: machineInfo(workbench.adapter),
      runtime: { ...runtimeInfo(), lockSha256: await lockHash() },
      kernelVariant: workbench.kernelVariant,
      jobs,
    };
    records = await runCells(cells, {
      folder,
      claims: new Claims(folder.path, services.claims),
      pool,
      facts,
      quick: preset.quick,
      progress,
      signal,
      now,
      clock,
      kept,
      finished: (cell) => endedRecord(folder, cell, context),
      onRecord: writeManifest,
    });
    await writeManifest();
  } catch (error) {
    throw endOf(error);
  } finally {
    await pool.close();
  }
  const report = await tryReport(folder.path, services);
  const failed = (report === null && services.writeReport !== null) ||
    records.some(({ status }) => status === "failed" || status === "skipped");
  const interrupted = records.length < cells.length;
  const exitCode = interrupted ? interruptedCode(signal) : failed ? EXIT.failed : EXIT.done;
  return { runDir: folder.path, manifest, records, report, exitCode };
}

/** What ends the run because of an error. */
function endOf(error: unknown): unknown {
  return isDiskFull(error) && !(error instanceof DiskFullError) ? new DiskFullError(error) : error;
}

/** This process, or worker processes; these have devices of their own, and find the data in a file of the run folder. */
async function openPool(piece: Piece, request: RunRequest, services: RunServices): Promise<CellPool> {
  const { folder, workbench, sharing, context } = piece, { preset, dataDir, choices } = request;
  const { signal, progress, checkpointPauseMs, worker } = services;
  if (sharing.jobs === 1) {
    return localPool(workbench, { folder, keys: context.keys, signal, checkpointPauseMs });
  }
  const dataFile = await shareData(piece);
  workbench.close();
  const { dataset, kernelVariant } = workbench;
  const pool = workerPool({
    ...sharing,
    program: worker!,
    keys: context.keys,
    setup: { preset, dataDir, dataFile, runDir: folder.path, choices, checkpointPauseMs },
    expected: { dataset, adapter: adapterName(workbench.adapter), kernelVariant },
    signal,
    note: (text) => progress.note(text),
  });
  const close = async () => {
    await pool.close();
    if (dataFile !== undefined) await Deno.remove(dataFile).catch(() => {});
  };
  return { ...pool, close };
}

/** The file in which workers find the data; undefined where they read the data themselves. */
async function shareData({ folder, workbench }: Piece): Promise<string | undefined> {
  if (workbench.writeData === undefined) return undefined;
  const path = folder.temporaryPath("data");
  try {
    await workbench.writeData(path);
    return path;
  } catch {
    return undefined; // a full disk shows where results are written
  }
}

/** The default run folder: `runs/quick-20260102T030405Z`. */
export function defaultRunDir(preset: string, at: Date): string {
  return `runs/${preset}-${timestamp(at)}`;
}

/** The page's path, or null where it could not be made; the reason is shown. */
async function tryReport(runDir: string, { writeReport, progress }: RunServices): Promise<string | null> {
  if (writeReport === null) return null;
  try {
    const { path, problems } = await writeReport(runDir);
    for (const problem of problems) progress.note(`The report leaves out ${problem.path}: ${problem.reason}`);
    return path;
  } catch (error) {
    progress.note(`The records are written, but not the report: ${formatError(error)}`);
    return null;
  }
}
