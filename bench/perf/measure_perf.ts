import type { Backend } from "../../engine/device/backend.ts";
import type { Choices } from "../adapter/choices_option.ts";
import { reserveRecord, writeRecord } from "../record/record_file.ts";
import { toWords } from "../terminal/to_words.ts";
import { measure, type MeasureOptions, type Part } from "./measure.ts";
import { parsePerfOptions, type PerfOptions } from "./options.ts";
import type { PerfRecord } from "./record.ts";

/** What {@linkcode measurePerf} measures; defaults are those of `deno task bench perf`. */
export interface MeasurePerfOptions {
  /** Default: all but "soak"; with `only`, "ceilings" and "kernels". */
  readonly parts?: Iterable<Part>;
  /** Kernels whose name holds this. Default: all. */
  readonly only?: string;
  /** Samples behind each number. Default: 5. */
  readonly samples?: number;
  /** Milliseconds that a sample takes at least; four times that in training. Default: 150. */
  readonly leastMs?: number;
  /** Cold and warm starts, each in a process of its own. Default: 3. */
  readonly starts?: number;
  /** Trains so many steps as well, to see whether memory grows. Default: none; 2000 where `parts` has "soak". */
  readonly soakSteps?: number;
  /** Who picks among an operation's ways of computing. Default: timed on hardware, else the fixed table. */
  readonly choices?: Choices;
  /** What computes. Default: the system's own backend, never OpenGL. */
  readonly backend?: Backend;
  /** Where the record goes; a file that exists is refused. Default: it is only returned. */
  readonly out?: string;
  /** Told what is measured next. */
  readonly note?: (text: string) => void;
  /** Abort it to stop after the current sample; then the promise rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Measures how fast the adapter computes, how near its own limits, and what memory it takes: `deno task bench perf`.
 * {@linkcode memoryFaults} says whether memory grew.
 *
 * @throws {UsageError} If an option is out of range (the message names that of the command), no kernel has such a name, or
 * the record's file exists or cannot be written.
 * @throws {NoAdapterError} If no adapter answers.
 *
 * @example
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { hasGpu } from "../../engine/mod.ts";
 * import { measurePerf } from "./measure_perf.ts";
 *
 * if (await hasGpu()) {
 *   const { kernels } = await measurePerf({ parts: ["kernels"], only: "reduce_sum", samples: 2, leastMs: 1 });
 *   assert(kernels.length > 0);
 *   assertEquals(kernels[0].samplesMs.length, 2);
 * }
 * ```
 */
export async function measurePerf(options: MeasurePerfOptions = {}): Promise<PerfRecord> {
  const { choices, out = null, note = () => {}, signal = new AbortController().signal } = options;
  const { parts, only, samples, leastMs, starts, soakSteps, backend } = options;
  const words = toWords({ parts, only, samples, "sample-ms": leastMs, starts, soak: soakSteps, backend });
  const parsed = parsePerfOptions(words);
  return await measureTo(out, { ...parsed, choices: choices ?? parsed.choices }, { note, signal });
}

/** Measures, and writes the record where one is asked for; the name is taken before anything is measured. */
export async function measureTo(
  path: string | null,
  options: PerfOptions,
  { measure: measureAll = measure, ...services }: Pick<MeasureOptions, "note" | "signal"> & {
    readonly measure?: (options: MeasureOptions) => Promise<PerfRecord>;
  },
): Promise<PerfRecord> {
  if (path !== null) await reserveRecord(path);
  const record = await measureAll({ ...options, ...services });
  if (path !== null) await writeRecord(path, record);
  return record;
}
