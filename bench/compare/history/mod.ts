/**
 * `deno task bench history FILE`: what was measured, run after run.
 *
 * @module
 */
import { describeOptions, type Option, parseOptions } from "../../terminal/options.ts";
import { formatTable } from "../../terminal/table.ts";
import { splitWords } from "../../terminal/split_words.ts";
import { EXIT, type ExitCode, UsageError } from "../../../common/usage_error.ts";
import { appendHistory } from "./append_history.ts";
import { commitText } from "../../records/commit_text.ts";
import type { HistoryEntry } from "../../records/history_line.ts";
import { pruneHistory, readHistory } from "./history_file.ts";
import { parseKeep } from "./prune.ts";

const COMMAND = "deno task bench history";

/** Options of `bench history`. */
export const HISTORY_OPTIONS = [
  { name: "append", value: "PATH", help: "add a line for the run or record there, then list" },
  { name: "list", value: null, help: "list the lines (the default)" },
  { name: "prune", value: "KEEP", help: "keep last=N of each preset and machine, or since=DATE, or both" },
  { name: "json", value: null, help: "print the lines as a JSON list" },
  { name: "help", value: null, help: "show this", alias: "h" },
] as const satisfies readonly Option[];

/**
 * Lists a history, after adding to it or taking from it. What of the file could not be used is named on stderr.
 *
 * @throws {UsageError} If there is no file or several, it is of a later version, or what is to be added cannot be read.
 */
export async function history(
  args: readonly string[],
  { stdout, stderr }: { readonly stdout: (text: string) => void; readonly stderr: (text: string) => void },
): Promise<ExitCode> {
  const { paths, words } = splitWords(args, HISTORY_OPTIONS);
  const options = parseOptions(words, { table: HISTORY_OPTIONS, command: COMMAND });
  if (options.help) {
    stdout(
      "Keeps what was measured, a line of JSON for each run, and lists it.\n\n" +
        `Usage: ${COMMAND} FILE.jsonl [options]\n\nOptions:\n${describeOptions(HISTORY_OPTIONS)}`,
    );
    return EXIT.done;
  }
  if (paths.length !== 1) {
    throw new UsageError(
      `Cannot run ${COMMAND}: expected one file, given ${
        paths.join(" ") || "none"
      }\nHint: ${COMMAND} FILE.jsonl`,
    );
  }
  const [path] = paths;
  const keep = options.prune === null ? null : parseKeep(options.prune);
  if (options.append !== null) {
    const { added, entries, notes } = await appendHistory(path, options.append);
    for (const note of notes) stderr(`${note}\n`);
    stderr(`${added} of ${entries.length} lines added to ${path}\n`);
  }
  const { entries, problems, left } = keep === null
    ? await readHistory(path).then((all) => ({ ...all, left: all.entries }))
    : await pruneHistory(path, keep);
  for (const { line, reason } of problems) stderr(`${path}, line ${line}: ${reason}\n`);
  if (keep !== null) {
    stderr(`${entries.length - left.length} of ${entries.length} lines removed\n`);
    if (problems.length > 0) stderr(`${problems.length} damaged lines set aside in ${path}.damaged\n`);
  }
  stdout(options.json ? JSON.stringify(left, null, 2) + "\n" : formatHistory(left));
  return EXIT.done;
}

/** A line for each entry: when, what, where, and how much of it. */
export function formatHistory(entries: readonly HistoryEntry[]): string {
  if (entries.length === 0) return "No lines\n";
  const rows = entries.map(({ time, kind, preset, machine, metrics, undone, ...commits }) => [
    time,
    kind,
    preset,
    commitText(commits),
    `${machine.cpu}, ${machine.cores} cores, ${machine.adapter}`,
    String(metrics.length),
    String(undone.length),
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
