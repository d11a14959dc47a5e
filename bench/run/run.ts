/** Runs the cells of a preset, one after the other or several at once, and leaves a run folder. */
import { nameFrom } from "../../common/checked_name.ts";
import { Leases } from "../store/leases.ts";
import { DiskFullError, isDiskFull } from "../store/disk_full.ts";
import { formatError } from "../../common/explained.ts";
import { interruptedCode } from "../terminal/interrupt.ts";
import { openSources } from "../plan/reuse.ts";
import type { RunFacts } from "../record/record.ts";
import { endedRecord } from "../plan/resume.ts";
import { runCells } from "./run_cells.ts";
import { RunFolder } from "../store/run_folder.ts";
import { timestamp } from "../store/run_manifest.ts";
import type { CellRecord, RunManifest } from "../records/mod.ts";
import { EXIT, type ExitCode } from "../../common/usage_error.ts";

import { begin, type Piece } from "./begin.ts";
import { openPool } from "./open_pool.ts";
import type { RunRequest, RunServices } from "./request.ts";

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
 * the cells that need it as skipped, the others run. On an abort the running cells leave no record, all earlier ones
 * stay. A resumed run keeps the records whose keys are those of its cells, and ends with the ones of an uninterrupted run.
 * Finished cells of the runs to reuse are reused, with their files, before any cell runs.
 * Processes that resume the same run at the same time share its cells.
 *
 * @throws {UsageError} If the folder cannot be written, another process is at work there on another run, or it holds a run
 * that is not to be resumed, or one of another preset's name, data set or adapter, or a record of a later version; such a
 * run stays as it is. If a folder to reuse holds no run.
 * @throws {RangeError} If several cells are to run at once and no worker is given, or no cell has a given name.
 * @throws {DiskFullError} If the disk is full; what is finished stays.
 * @throws {Error} If the workbench cannot be opened (no adapter, unreadable data); nothing is left behind then.
 */
export async function run(request: RunRequest, services: RunServices): Promise<RunResult> {
  const { outDir, resume = false, jobs: asked = 1 } = request;
  if (asked !== null && asked > 1 && services.worker === undefined) {
    throw new RangeError(`Cannot run ${asked} cells at once: no program for worker processes is given`);
  }
  const sources = await openSources(request.reuse ?? [], (text) => services.progress.note(text));
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
      preset: preset.name,
      keys: context.keys,
      ...piece.place,
      dataset: workbench.dataset,
      readPath: workbench.readPath,
      jobs,
    };
    records = await runCells(cells, {
      folder,
      leases: new Leases(folder.path, services.leases),
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
  const exitCode = signal.aborted ? interruptedCode(signal) : failed ? EXIT.failed : EXIT.done;
  return { runDir: folder.path, manifest, records, report, exitCode };
}

/** What ends the run because of an error. */
function endOf(error: unknown): unknown {
  return isDiskFull(error) && !(error instanceof DiskFullError) ? new DiskFullError(error) : error;
}

/** The default run folder: `runs/quick-20260102T030405Z`. */
export function defaultRunDir(preset: string, at: Date): string {
  return `runs/${nameFrom(preset)}-${timestamp(at)}`;
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
