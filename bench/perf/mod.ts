/**
 * `deno task bench perf`: how fast this adapter computes, how near its own limits, and what memory it takes.
 *
 * @module
 */
import { dirname } from "node:path";
import { writeFileAtomic } from "../../engine/atomic_file.ts";
import { describeOptions } from "../options.ts";
import { timestamp } from "../run_manifest.ts";
import { EXIT, type ExitCode, UsageError } from "../usage_error.ts";
import { memoryFaults } from "./faults.ts";
import { formatPerf } from "./format.ts";
import { measure, type MeasureOptions } from "./measure.ts";
import { parsePerfOptions, PERF_COMMAND, PERF_OPTIONS } from "./options.ts";
import type { PerfRecord } from "./record.ts";

/** What the command needs from outside. */
export interface PerfServices {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Default: {@linkcode measure}, on the machine's adapter. */
  readonly measure?: (options: MeasureOptions) => Promise<PerfRecord>;
}

/**
 * Measures, writes the record and prints it.
 *
 * @returns 0, or 1 if memory grew.
 * @throws {UsageError} If an option is wrong, or the record's file exists or cannot be written.
 * @throws {NoAdapterError} If no adapter answers.
 */
export async function perf(args: readonly string[], services: PerfServices): Promise<ExitCode> {
  const { stdout, stderr, signal, measure: measureAll = measure } = services;
  const options = parsePerfOptions(args);
  if (options.help) {
    stdout(
      "Measures kernels against the adapter's own limits, training and attack steps, starts and memory.\n\n" +
        `Usage: ${PERF_COMMAND} [options]\n\nOptions:\n${describeOptions(PERF_OPTIONS)}`,
    );
    return EXIT.done;
  }
  const path = options.out ?? `runs/perf-${timestamp(new Date())}.json`;
  await checkFree(path);
  const note = (text: string) => options.quiet ? undefined : stderr(`measuring ${text}\n`);
  const record = await measureAll({ ...options, signal, note });
  await write(path, record);
  const faults = memoryFaults(record);
  stdout(options.json ? toJson(record) : `${formatPerf(record)}\nRecord: ${path}\n`);
  for (const fault of faults) stderr(`Memory grew: ${fault}\n`);
  return faults.length === 0 ? EXIT.done : EXIT.failed;
}

/** Refuses to measure for minutes what could not be kept. */
async function checkFree(path: string): Promise<void> {
  try {
    await Deno.lstat(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return await makeFolder(path);
    throw cannotWrite(path, cause);
  }
  throw new UsageError(
    `Cannot write ${path}: it exists already, and records are never overwritten\nHint: choose another file with --out`,
  );
}

async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

async function write(path: string, record: PerfRecord): Promise<void> {
  try {
    await writeFileAtomic(path, toJson(record));
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

function cannotWrite(path: string, cause: unknown): UsageError {
  const reason = (cause as Error).message.replace(/^Cannot write [^:]*: /, "");
  return new UsageError(`Cannot write ${path}: ${reason}\nHint: choose another file with --out`, {
    exitCode: EXIT.failed,
    cause,
  });
}

function toJson(record: PerfRecord): string {
  return JSON.stringify(record, null, 2) + "\n";
}
