/** `deno task bench verify RUN`: whether a run folder still holds what was written. */
import { defineCommand } from "../../common/command_line/mod.ts";
import { printable } from "../../common/printable.ts";
import { EXIT } from "../../common/usage_error.ts";
import { type Verification, verifyRun } from "../verify/verify_run.ts";
import type { BenchServices } from "./services.ts";
import { JSON_OPTION, toJson } from "./shared_options.ts";

/** The maximum number of paths in one line; --json has all. */
const MAX_SHOWN = 20;

const OPTIONS = [JSON_OPTION] as const;

/** The command. */
export const VERIFY_COMMAND = defineCommand({
  command: "deno task bench verify",
  summary: "check that a run folder holds what was written, by hashes",
  about:
    "Checks a run folder by hashes: run.json, records, the files they name, checkpoints. Writes nothing.",
  paths: ["RUN"],
  exitCodes: { 0: "all is whole", 1: "a fault" },
  options: OPTIONS,
  async run({ options: { json }, paths: [dir] }, { signal, stdout }: BenchServices) {
    const found = await verifyRun(dir, { signal });
    stdout(json ? toJson(found) : formatVerification(found));
    return found.faults.length === 0 ? EXIT.done : EXIT.failed;
  },
});

/** A line for each fault, and a summary. */
export function formatVerification(found: Verification): string {
  const { faults, unknown, unfinished, unsealed, records, artifacts, checkpoints } = found;
  const { runDir, sizeBytes, durationMs } = found, megabytes = sizeBytes / 1e6;
  const count = (number: number, one: string) => `${number} ${one}${number === 1 ? "" : "s"}`;
  const listed = (paths: readonly string[]) => {
    const more = paths.length > MAX_SHOWN ? `, and ${paths.length - MAX_SHOWN} more` : "";
    return paths.slice(0, MAX_SHOWN).map((path) => printable(path)).join(", ") + more;
  };
  const lines = [
    ...faults.map(({ path, reason }) => `${printable(path)}: ${printable(reason)}`),
    ...(unsealed.length === 0 ? [] : [`Of version 1, without a sha256: ${listed(unsealed)}`]),
    ...(unfinished.length === 0 ? [] : [`Cells without a record: ${listed(unfinished)}`]),
    ...(unknown.length === 0 ? [] : [`Files that no run is known to have left: ${listed(unknown)}`]),
    `${printable(runDir)}: ${faults.length === 0 ? "whole" : count(faults.length, "fault")}; ` +
    `${count(records, "record")}, ${count(artifacts, "file")}, ${count(checkpoints, "checkpoint")}, ` +
    `${megabytes.toFixed(1)} MB in ${(durationMs / 1000).toFixed(2)} s ` +
    `(${(megabytes / (durationMs / 1000)).toFixed(0)} MB/s)`,
    ...(faults.length === 0
      ? []
      : ["Hint: a cell whose record is damaged or removed runs again by bench --out RUN --resume"]),
  ];
  return lines.join("\n") + "\n";
}
