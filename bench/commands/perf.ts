/** `deno task bench perf`: how fast this adapter computes, how near its own limits, and what memory it takes. */
import { defineCommand } from "../../common/command_line/mod.ts";
import { EXIT } from "../../common/usage_error.ts";
import { useVectorWidth, VECTOR_WIDTH_OPTION } from "../adapter/vector_width.ts";
import { memoryFaults } from "../perf/faults.ts";
import { formatPerf } from "../perf/format.ts";
import { measurePerf } from "../perf/measure_perf.ts";
import { PERF_OPTIONS } from "../perf/options.ts";
import { timestamp } from "../store/run_manifest.ts";
import type { BenchServices } from "./services.ts";
import { JSON_OPTION, outOption, QUIET_OPTION, toJson } from "./shared_options.ts";

const OPTIONS = [
  outOption("runs/perf-TIME.json"),
  ...PERF_OPTIONS,
  VECTOR_WIDTH_OPTION,
  JSON_OPTION,
  QUIET_OPTION,
] as const;

/** The command. */
export const PERF_COMMAND = defineCommand({
  command: "deno task bench perf",
  summary: "measure speed and memory",
  about: "Measures kernels against the adapter's own limits, training and attack steps, starts and memory.",
  options: OPTIONS,
  exitCodes: { 1: "memory grew" },
  async run({ options }, { stdout, stderr, signal, measure }: BenchServices) {
    const { json, quiet, vectorWidth = null, ...asked } = options;
    useVectorWidth(vectorWidth);
    const out = asked.out ?? `runs/perf-${timestamp(new Date())}.json`;
    const note = (text: string) => quiet ? undefined : stderr(`measuring ${text}\n`);
    const record = await measurePerf({ ...asked, out, note, signal }, { measure });
    const faults = memoryFaults(record);
    stdout(json ? toJson(record) : `${formatPerf(record)}\nRecord: ${out}\n`);
    for (const fault of faults) stderr(`Memory grew: ${fault}\n`);
    return faults.length === 0 ? EXIT.done : EXIT.failed;
  },
});
