/** Runs the cells of a preset one after the other and leaves a run folder. */
import type { OpenWorkbench, Workbench } from "./cell.ts";
import { benchmarkVersion, gitState, machineInfo, runtimeInfo } from "./env.ts";
import { formatError } from "./explained.ts";
import { expand } from "./plan.ts";
import type { Preset } from "./preset.ts";
import type { Progress } from "./progress.ts";
import { plainNumbers, type RunFacts } from "./record.ts";
import { runCells } from "./run_cells.ts";
import { RunFolder } from "./run_folder.ts";
import { type CellRecord, type RunManifest, SCHEMA_VERSION } from "./schema.ts";
import { EXIT, type ExitCode } from "./usage_error.ts";

/** What to run. */
export interface RunRequest {
  /** Complete; its seeds are the ones that run. */
  readonly preset: Preset;
  /** The run folder; it must not hold a run. */
  readonly outDir: string;
  /** Folder of the images, for data sets that are read. */
  readonly dataDir: string | null;
  /** The command as typed, for the manifest. */
  readonly command: string;
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
 * Runs every cell. A cell that throws is recorded as failed, the cells that need it as skipped, the others go on. On an
 * abort the current cell leaves no record, all earlier ones stay.
 *
 * @throws {UsageError} If the folder cannot be written or holds a run.
 * @throws {Error} If the workbench cannot be opened (no adapter, unreadable data); nothing is left behind then.
 */
export async function run(request: RunRequest, services: RunServices): Promise<RunResult> {
  const { preset, dataDir, command } = request;
  const { progress, signal, now = () => new Date() } = services;
  const folder = await RunFolder.create(request.outDir);
  let workbench: Workbench;
  try {
    workbench = await services.openWorkbench(preset, { dataDir, signal });
  } catch (error) {
    await folder.discard();
    throw error;
  }
  const cells = expand(preset);
  const startedAt = now();
  let manifest: RunManifest = {
    schemaVersion: SCHEMA_VERSION,
    runId: newRunId(preset.name, startedAt),
    suite: preset.name,
    description: preset.description,
    preset: plainNumbers(preset) as Record<string, unknown>,
    command,
    startedAt: startedAt.toISOString(),
    durationMs: 0,
    cells: cells.map(({ name }) => name),
  };
  let records: CellRecord[];
  try {
    await folder.writeManifest(manifest);
    const facts: RunFacts = {
      runId: manifest.runId,
      suite: preset.name,
      benchmarkVersion: await benchmarkVersion(),
      ...await gitState(),
      dataset: workbench.dataset,
      machine: machineInfo(workbench.adapter),
      runtime: runtimeInfo(),
      kernelVariant: workbench.kernelVariant,
    };
    const quick = preset.quick;
    records = await runCells(cells, { folder, workbench, facts, quick, progress, signal, now });
  } finally {
    workbench.close();
  }
  manifest = { ...manifest, durationMs: now().getTime() - startedAt.getTime() };
  await folder.writeManifest(manifest);
  const report = await tryReport(folder.path, services);
  const failed = report === null || records.some(({ status }) => status === "failed" || status === "skipped");
  const interrupted = records.length < cells.length;
  const exitCode = interrupted ? EXIT.interrupted : failed ? EXIT.failed : EXIT.done;
  return { runDir: folder.path, manifest, records, report, exitCode };
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

function newRunId(preset: string, at: Date): string {
  return `${preset}-${timestamp(at)}-${crypto.randomUUID().slice(0, 8)}`;
}

function timestamp(at: Date): string {
  return at.toISOString().replace(/\.\d+/, "").replace(/[-:]/g, "");
}
