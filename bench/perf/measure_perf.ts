import type { Backend } from "../../engine/device/backend.ts";
import { completeOptions } from "../../common/command_line/mod.ts";
import { defaultVariants, type Variants } from "../adapter/variants_option.ts";
import { reserveRecord, writeRecord } from "../record/record_file.ts";
import { measure, type MeasureOptions, type PerfPart } from "./measure.ts";
import { partsOf, PERF_OPTIONS, SOAK_STEPS } from "./options.ts";
import { PERF_RECORD, type PerfRecord } from "../records/perf_record.ts";

/** What {@linkcode measurePerf} measures; defaults are those of `deno task bench perf`. */
export interface MeasurePerfOptions {
  /** Default: all but "soak"; with `only`, "ceilings" and "kernels". */
  readonly parts?: readonly PerfPart[];
  /** Kernels whose name holds this. Default: all. */
  readonly only?: string;
  /** Samples behind each number. Default: 5. */
  readonly samples?: number;
  /** Minimum duration of a sample in milliseconds; four times that in training. Default: 150. */
  readonly minSampleMs?: number;
  /** Cold and warm starts, each in a process of its own. Default: 3. */
  readonly starts?: number;
  /** Steps of a training that shows whether memory grows. Default: none; 2000 where `parts` has "soak". */
  readonly soakSteps?: number;
  /** How to choose among an operation's variants. Default: timed on hardware, else the fixed table. */
  readonly variants?: Variants;
  /** What computes. Default: the system's own backend, never OpenGL. */
  readonly backend?: Backend;
  /** Where the record goes; a file that exists is refused. Default: it is only returned. */
  readonly out?: string;
  /** Receives the name of each measurement before it starts. */
  readonly note?: (text: string) => void;
  /** Abort it to stop after the current sample; then the promise rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Measures kernels against the limits of the adapter, training and attack steps, starts and memory: `deno task bench perf`.
 * {@linkcode memoryFaults} says whether memory grew.
 *
 * @throws {UsageError} If an option is out of range, no kernel has such a name, or
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
 *   const { kernels } = await measurePerf({ parts: ["kernels"], only: "reduce_sum", samples: 2, minSampleMs: 1 });
 *   assert(kernels.length > 0);
 *   assertEquals(kernels[0].samplesMs.length, 2);
 * }
 * ```
 */
export async function measurePerf(
  options: MeasurePerfOptions = {},
  { measure: measureAll = measure }: MeasurePerfServices = {},
): Promise<PerfRecord> {
  const { out = null, note = () => {}, signal = new AbortController().signal } = options;
  const complete = completeOptions(options, PERF_OPTIONS);
  const { soakSteps, variants } = complete;
  if (out !== null) await reserveRecord(out);
  const record = await measureAll({
    ...complete,
    parts: partsOf(complete),
    soakSteps: soakSteps ?? SOAK_STEPS,
    variants: variants ?? defaultVariants(),
    note,
    signal,
  });
  if (out !== null) await writeRecord(out, PERF_RECORD.write(record));
  return record;
}

/** What the function needs from outside; tests pass their own. */
export interface MeasurePerfServices {
  /** Default: on the machine's adapter. */
  readonly measure?: (options: MeasureOptions) => Promise<PerfRecord>;
}
