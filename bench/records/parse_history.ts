/** The reader of a history, a file of {@linkcode HistoryLine}s. */
import { HISTORY_LINE, type HistoryLine } from "./history_line.ts";

/** The content of a history. */
export interface History {
  /** By time, the oldest first; lines of one time in the order of the file. */
  readonly entries: readonly HistoryLine[];
  /** Lines that could not be used. */
  readonly problems: readonly HistoryProblem[];
}

/** A line that could not be used. */
export interface HistoryProblem {
  /** From 1. */
  readonly line: number;
  readonly reason: string;
  /** The line's text. */
  readonly text: string;
}

/**
 * Reads the lines of a history, in any order: a run can be added long after it was made. A line that is damaged or cut off
 * is named and left out. Lines of earlier versions are migrated.
 *
 * @throws {SyntaxError} If a line is of a later version: nothing is known about it.
 */
export function parseHistory(content: string): History {
  const entries: HistoryLine[] = [], problems: HistoryProblem[] = [];
  const lines = content.split("\n");
  for (const [i, text] of lines.entries()) {
    if (text.trim() === "") continue;
    const found = HISTORY_LINE.read(text), line = i + 1;
    if ("value" in found) {
      entries.push(found.value);
      continue;
    }
    if (found.later) {
      throw new SyntaxError(
        `Cannot read history: line ${line} cannot be used, ${found.fault}\n` +
          "Hint: use the version of this program that wrote it, or a later one",
      );
    }
    const isLast = i === lines.length - 1; // without a line break at its end
    problems.push({ line, reason: isLast ? `it is cut off, ${found.fault}` : found.fault, text });
  }
  entries.sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt));
  return { entries, problems };
}
