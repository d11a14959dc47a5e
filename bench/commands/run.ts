/** `deno task bench`: runs a preset. */
import { defineCommand, flag, option, text } from "../../common/command_line/mod.ts";
import { EXIT, UsageError } from "../../common/usage_error.ts";
import { useVectorWidth, VECTOR_WIDTH_OPTION } from "../adapter/vector_width.ts";
import { explainKey } from "../config/explain_key.ts";
import { PRESETS } from "../config/load_preset.ts";
import { showEvent } from "../run/events.ts";
import { createProgress, SILENT } from "../run/progress.ts";
import type { RunResult } from "../run/run.ts";
import { formatSummary } from "../run/summary.ts";
import { runBench } from "./run_bench.ts";
import { RUN_OPTIONS } from "./run_options.ts";
import type { BenchServices } from "./services.ts";
import { JSON_OPTION, QUIET_OPTION, toJson } from "./shared_options.ts";

const OPTIONS = [
  ...RUN_OPTIONS,
  VECTOR_WIDTH_OPTION,
  QUIET_OPTION,
  JSON_OPTION,
  option({
    name: "explain",
    value: "KEY",
    type: text("a key of presets, or the end of one"),
    help: "say what a key of presets means, instead of running one",
  }),
  flag({ name: "events", help: "print events as JSON lines instead, the result last" }),
] as const;

/** The command. */
export const RUN_COMMAND = defineCommand({
  command: "deno task bench",
  summary: "run a preset, and write records and a page",
  about:
    "Runs a preset: writes records and a page. It measures how useful and how robust natural, robust and\n" +
    "non-robust features are.",
  footer: `\nPresets: ${Object.keys(PRESETS).join(", ")}\n`,
  options: OPTIONS,
  async run({ options, command }, services: BenchServices) {
    const { quiet, json, events, explain, vectorWidth = null, ...asked } = options;
    if (explain !== undefined) {
      services.stdout(explainKey(explain));
      return EXIT.done;
    }
    if (events && json) {
      throw new UsageError("Cannot print both: --events and --json each have standard output for themselves");
    }
    useVectorWidth(vectorWidth);
    const { signal, openWorkbench, writeReport, stdout, stderr, terminal } = services;
    const progress = quiet
      ? SILENT
      : createProgress({ terminal: terminal !== null, columns: terminal?.columns, write: stderr });
    let result: RunResult | null = null;
    for await (const event of runBench({ ...asked, command, signal, openWorkbench, writeReport })) {
      showEvent(event, progress);
      if (events) stdout(JSON.stringify(event) + "\n");
      if (event.event === "ended") result = event.result;
    }
    if (result === null) return EXIT.failed; // the last event is "ended", or the loop throws
    if (!events) stdout(json ? resultJson(result) : resultText(result));
    return result.exitCode;
  },
});

function resultText({ runDir, records, report, manifest }: RunResult): string {
  const lines = [formatSummary(records)];
  const missing = manifest.cells.length - records.length;
  if (missing > 0) {
    lines.push(
      `Interrupted: ${missing} of ${manifest.cells.length} cells did not run\n` +
        `Hint: the same command with --out ${runDir} --resume continues\n`,
    );
  }
  lines.push(`Records: ${runDir}/records\n`);
  if (report !== null) lines.push(`Report:  ${report}\n`);
  return lines.join("\n").replace(/\n\n(?=Report: )/, "\n");
}

function resultJson({ runDir, records, report, manifest, exitCode }: RunResult): string {
  return toJson({ runDir, report, exitCode, manifest, records });
}
