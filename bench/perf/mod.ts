/**
 * `deno task bench perf`: how fast this adapter computes, how near its own limits, and what memory it takes.
 *
 * @module
 */
import { describeOptions } from "../terminal/options.ts";
import { timestamp } from "../store/run_manifest.ts";
import { EXIT, type ExitCode } from "../../common/usage_error.ts";
import { useVectorWidth } from "../adapter/vector_width.ts";
import { memoryFaults } from "./faults.ts";
import { formatPerf } from "./format.ts";
import type { MeasureOptions } from "./measure.ts";
import { measureTo } from "./measure_perf.ts";
import { parsePerfOptions, PERF_COMMAND, PERF_OPTIONS } from "./options.ts";
import type { PerfRecord } from "./record.ts";

/** What the command needs from outside. */
export interface PerfServices {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Default: `measure`, on the machine's adapter. */
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
  const { stdout, stderr, signal, measure } = services;
  const options = parsePerfOptions(args);
  if (options.help) {
    stdout(
      "Measures kernels against the adapter's own limits, training and attack steps, starts and memory.\n\n" +
        `Usage: ${PERF_COMMAND} [options]\n\nOptions:\n${describeOptions(PERF_OPTIONS)}`,
    );
    return EXIT.done;
  }
  useVectorWidth(options.vectorWidth);
  const path = options.out ?? `runs/perf-${timestamp(new Date())}.json`;
  const note = (text: string) => options.quiet ? undefined : stderr(`measuring ${text}\n`);
  const record = await measureTo(path, options, { note, signal, measure });
  const faults = memoryFaults(record);
  stdout(options.json ? JSON.stringify(record, null, 2) + "\n" : `${formatPerf(record)}\nRecord: ${path}\n`);
  for (const fault of faults) stderr(`Memory grew: ${fault}\n`);
  return faults.length === 0 ? EXIT.done : EXIT.failed;
}
