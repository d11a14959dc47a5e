/** `deno task bench reproduce RECORD`: runs the cell of a record again and says whether the same comes out. */
import { defineCommand } from "../../common/command_line/mod.ts";
import { EXIT } from "../../common/usage_error.ts";
import type { Reproduction } from "../reproduce/reproduce.ts";
import { showEvent } from "../run/events.ts";
import { createProgress, SILENT } from "../run/progress.ts";
import { REPRODUCE_OPTIONS, reproduceRecord } from "./reproduce_record.ts";
import type { BenchServices } from "./services.ts";
import { JSON_OPTION, QUIET_OPTION, toJson } from "./shared_options.ts";

const OPTIONS = [...REPRODUCE_OPTIONS, QUIET_OPTION, JSON_OPTION] as const;

/** The command. */
export const REPRODUCE_COMMAND = defineCommand({
  command: "deno task bench reproduce",
  summary: "run the cell of a record again, and say whether it is the same",
  about: "Runs the cell of a record again, in a temporary folder, and says whether the same comes out.",
  paths: ["RUN/records/CELL.json"],
  exitCodes: { 0: "identical or within the tolerance", 3: "different" },
  options: OPTIONS,
  async run({ options, paths: [path] }, { stdout, stderr, signal, openWorkbench }: BenchServices) {
    const { quiet, json, ...asked } = options;
    const progress = quiet ? SILENT : createProgress({ terminal: false, write: stderr });
    const onEvent = (event: Parameters<typeof showEvent>[0]) => showEvent(event, progress);
    const found = await reproduceRecord(path, { ...asked, onEvent, signal, openWorkbench });
    stdout(json ? toJson(found) : formatReproduction(found));
    return found.verdict === "different" ? EXIT.regression : EXIT.done;
  },
});

/** What was found, for people. */
export function formatReproduction(
  { cell, verdict, first, compared, changed, taken }: Reproduction,
): string {
  const lines = [
    `${cell}: ${verdict}, ${compared} metrics and files compared\n`,
    ...(first === null ? [] : [`First that is not the same: ${first}\n`]),
    ...changed.map((what) => `Changed since the record was made: ${what}\n`),
    ...(taken.length === 0 ? [] : [`Reused from the run: ${taken.join(", ")}\n`]),
  ];
  return lines.join("");
}
