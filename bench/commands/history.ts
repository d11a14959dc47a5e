/** `deno task bench history FILE`: what was measured, run after run. */
import { defineCommand, flag, option, text } from "../../common/command_line/mod.ts";
import { EXIT } from "../../common/usage_error.ts";
import { appendHistory } from "../compare/history/append_history.ts";
import { commitText } from "../records/commit_text.ts";
import type { HistoryLine } from "../records/history_line.ts";
import { pruneHistory, readHistory } from "../compare/history/history_file.ts";
import { KEEP } from "../compare/history/prune.ts";
import { formatTable } from "../terminal/table.ts";
import type { BenchServices } from "./services.ts";
import { toJson } from "./shared_options.ts";

const OPTIONS = [
  option({
    name: "append",
    value: "PATH",
    type: text("a run folder or a record"),
    help: "add a line for the run or record there, then list",
  }),
  flag({ name: "list", help: "list the lines (the default)" }),
  option({
    name: "prune",
    value: "KEEP",
    type: KEEP,
    help: "keep last=N of each preset and machine, or since=DATE, or both",
  }),
  flag({ name: "json", help: "print the lines as a JSON list" }),
] as const;

/** The command. */
export const HISTORY_COMMAND = defineCommand({
  command: "deno task bench history",
  summary: "keep and list what was measured, run after run",
  about: "Keeps what was measured, a line of JSON for each run, and lists it.",
  paths: ["FILE.jsonl"],
  stopsAtOnce: true,
  options: OPTIONS,
  async run({ options: { append, prune, json }, paths: [path] }, { stdout, stderr }: BenchServices) {
    if (append) {
      const { added, entries, notes } = await appendHistory(path, append);
      for (const note of notes) stderr(`${note}\n`);
      stderr(`${added} of ${entries.length} lines added to ${path}\n`);
    }
    const { entries, problems, left } = prune
      ? await pruneHistory(path, prune)
      : await readHistory(path).then((all) => ({ ...all, left: all.entries }));
    for (const { line, reason } of problems) stderr(`${path}, line ${line}: ${reason}\n`);
    if (prune) {
      stderr(`${entries.length - left.length} of ${entries.length} lines removed\n`);
      if (problems.length > 0) stderr(`${problems.length} damaged lines set aside in ${path}.damaged\n`);
    }
    stdout(json ? toJson(left) : formatHistory(left));
    return EXIT.done;
  },
});

/** A line for each entry: when, what, where, and how much of it. */
export function formatHistory(entries: readonly HistoryLine[]): string {
  if (entries.length === 0) return "No lines\n";
  const rows = entries.map(({ startedAt, kind, preset, machine, metrics, unfinished, ...commits }) => [
    startedAt,
    kind,
    preset,
    commitText(commits),
    `${machine.cpu}, ${machine.cores} cores, ${machine.adapter}`,
    String(metrics.length),
    String(unfinished.length),
  ]);
  const right = { align: "right" as const };
  return formatTable(
    [
      ...["time", "kind", "preset", "commit", "machine"].map((title) => ({ title })),
      { title: "quantities", ...right },
      { title: "failed", ...right },
    ],
    rows,
  );
}
