/** Runs the cells of a preset, one after the other or several at once, and leaves a run folder. */
import type { CellDescription, OpenWorkbench, Workbench } from "./cell.ts";
import type { Choices } from "./choices_option.ts";
import { formatError } from "./explained.ts";
import { machineOf, shareMachine, type Sharing } from "./jobs/jobs_option.ts";
import { localPool } from "./jobs/local_pool.ts";
import type { CellPool } from "./jobs/pool.ts";
import { workerPool } from "./jobs/worker_pool.ts";
import { expand } from "./plan.ts";
import { adapterName, benchmarkVersion, gitState, machineInfo, runtimeInfo } from "./env.ts";
import type { Preset } from "./preset.ts";
import type { Progress } from "./progress.ts";
import type { RunFacts } from "./record.ts";
import { checkSameRun, finishedRecords, parseRunManifest } from "./resume.ts";
import { runCells } from "./run_cells.ts";
import { RunFolder } from "./run_folder.ts";
import { identityOf, newManifest, recordedPreset, resumedManifest, timestamp } from "./run_manifest.ts";
import type { CellRecord, RunIdentity, RunManifest } from "./schema.ts";
import { EXIT, type ExitCode } from "./usage_error.ts";

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
}

/** Writes the page of a run folder: `reports/mod.ts` exports one. */
export type WriteReport = (
  runDir: string,
) => Promise<{ path: string; problems: readonly { path: string; reason: string }[] }>;

/** What a run needs from outside. */
export interface RunServices {
  readonly openWorkbench: OpenWorkbench;
  /** Writes the page of a run folder; says where, and which files it could not use. */
  readonly writeReport: WriteReport;
  readonly progress: Progress;
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Default: the clock. */
  readonly now?: () => Date;
  /** Milliseconds between two checkpoints of a training cell; default: 30 seconds. */
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
  /** Path of the page, or null where it could not be made. */
  readonly report: string | null;
  /** 0, 1 if a cell or the report failed, 130 if interrupted. */
  readonly exitCode: ExitCode;
}

/**
 * Runs every cell, in this process, or several at once in worker processes. A cell that throws is recorded as failed, the cells that need it as skipped, the others go on. On an
 * abort the running cells leave no record, all earlier ones stay. A resumed run keeps its finished records and ends with
 * the ones of an uninterrupted run.
 *
 * @throws {UsageError} If the folder cannot be written, another process is at work there, or it holds a run that is not
 * to be resumed, or one of another preset, code, data set or adapter; such a run stays as it is.
 * @throws {RangeError} If several cells are to run at once and no worker is given.
 * @throws {Error} If the workbench cannot be opened (no adapter, unreadable data); nothing is left behind then.
 */
export async function run(request: RunRequest, services: RunServices): Promise<RunResult> {
  const { preset, dataDir, outDir, command, choices, resume = false } = request;
  const { signal, progress, now = () => new Date() } = services;
  const { jobs: asked = 1 } = request;
  if (asked !== null && asked > 1 && services.worker === undefined) {
    throw new RangeError(`Cannot run ${asked} cells at once: no program for worker processes is given`);
  }
  const existing = resume ? await RunFolder.open(outDir) : null;
  const folder = existing ?? await RunFolder.create(outDir);
  let workbench: Workbench | null = null;
  let piece: Piece;
  try {
    await folder.lock();
    const version = await benchmarkVersion();
    let stopped: RunManifest | null = null;
    if (existing !== null) {
      stopped = parseRunManifest(outDir, await folder.readManifest());
      const identity = { ...stopped.identity, benchmarkVersion: version } as RunIdentity;
      checkSameRun(outDir, stopped, { preset: recordedPreset(preset), identity });
    }
    workbench = await services.openWorkbench(preset, {
      dataDir,
      signal,
      choices,
      note: (text) => progress.note(text),
    });
    const identity = identityOf(workbench, version);
    if (stopped !== null) checkSameRun(outDir, stopped, { identity });
    const startedAt = now();
    const cells = expand(preset);
    const machine = machineOf(workbench.adapter);
    const sharing = shareMachine(cells, { asked: services.worker ? asked : 1, machine });
    const { jobs } = sharing;
    const manifest = stopped === null
      ? newManifest(preset, { cells, command, startedAt, identity, jobs })
      : resumedManifest(stopped, { startedAt, jobs });
    piece = { folder, workbench, cells, manifest, startedAt, version, sharing };
  } catch (error) {
    workbench?.close();
    await folder.unlock();
    await folder.discard();
    throw error;
  }
  try {
    return await work(piece, request, services);
  } finally {
    await folder.unlock();
  }
}

/** What one process does of a run. */
interface Piece {
  readonly folder: RunFolder;
  readonly workbench: Workbench;
  readonly cells: readonly CellDescription[];
  /** As it is at the start of the piece. */
  readonly manifest: RunManifest;
  readonly startedAt: Date;
  /** Hash of the code. */
  readonly version: string;
  readonly sharing: Sharing;
}

async function work(piece: Piece, request: RunRequest, services: RunServices): Promise<RunResult> {
  const { folder, workbench, cells, startedAt, version, sharing: { jobs } } = piece;
  const { preset } = request, { progress, signal, now = () => new Date() } = services;
  let manifest = piece.manifest;
  const writeManifest = async () => {
    const durationMs = piece.manifest.durationMs + now().getTime() - startedAt.getTime();
    manifest = { ...manifest, durationMs };
    await folder.writeManifest(manifest);
  };
  let records: CellRecord[];
  const pool = openPool(piece, request, services);
  try {
    await folder.tidy();
    await writeManifest();
    const facts: RunFacts = {
      runId: manifest.runId,
      suite: preset.name,
      benchmarkVersion: version,
      ...await gitState(),
      dataset: workbench.dataset,
      machine: machineInfo(workbench.adapter),
      runtime: runtimeInfo(),
      kernelVariant: workbench.kernelVariant,
      jobs,
    };
    const note = (text: string) => progress.note(text);
    const kept = await finishedRecords(folder, { cells, facts, note });
    for (const name of kept.keys()) await folder.removeCheckpoint(name);
    records = await runCells(cells, {
      folder,
      pool,
      facts,
      quick: preset.quick,
      progress,
      signal,
      now,
      kept,
      onRecord: writeManifest,
    });
  } finally {
    await pool.close();
  }
  await writeManifest();
  const report = await tryReport(folder.path, services);
  const failed = report === null || records.some(({ status }) => status === "failed" || status === "skipped");
  const interrupted = records.length < cells.length;
  const exitCode = interrupted ? EXIT.interrupted : failed ? EXIT.failed : EXIT.done;
  return { runDir: folder.path, manifest, records, report, exitCode };
}

/** This process, or worker processes; these have devices of their own. */
function openPool(piece: Piece, request: RunRequest, services: RunServices): CellPool {
  const { folder, workbench, sharing } = piece, { preset, dataDir, choices } = request;
  const { signal, progress, checkpointPauseMs, worker } = services;
  if (sharing.jobs === 1) return localPool(workbench, { folder, signal, checkpointPauseMs });
  workbench.close();
  const { dataset, kernelVariant } = workbench;
  return workerPool({
    ...sharing,
    program: worker!,
    setup: { preset, dataDir, runDir: folder.path, choices, checkpointPauseMs },
    expected: { dataset, adapter: adapterName(workbench.adapter), kernelVariant },
    signal,
    note: (text) => progress.note(text),
  });
}

/** The default run folder: `runs/quick-20260102T030405Z`. */
export function defaultRunDir(preset: string, at: Date): string {
  return `runs/${preset}-${timestamp(at)}`;
}

/** The page's path, or null where it could not be made; the reason is shown. */
async function tryReport(runDir: string, { writeReport, progress }: RunServices): Promise<string | null> {
  try {
    const { path, problems } = await writeReport(runDir);
    for (const problem of problems) progress.note(`The report leaves out ${problem.path}: ${problem.reason}`);
    return path;
  } catch (error) {
    progress.note(`The records are written, but not the report: ${formatError(error)}`);
    return null;
  }
}
