/**
 * The file of a history: lines are added at its end, and taken out by writing it anew. Both go on under a lock, so that
 * processes can do either at once. Readers need none: lines come in one write, and a new file by renaming.
 */
import { writeFileAtomic } from "../../engine/atomic_file.ts";
import { readText } from "../../engine/read_file.ts";
import { reasonOf } from "../../engine/system_error.ts";
import { withLock } from "../store/lock_file.ts";
import { EXIT, UsageError } from "../terminal/usage_error.ts";
import type { HistoryEntry } from "./entry.ts";
import { type History, parseHistory } from "./parse_history.ts";
import { type Keep, prune } from "./prune.ts";

/**
 * Reads a history.
 *
 * @throws {UsageError} If there is none, or a line is of a later version.
 */
export async function readHistory(path: string): Promise<History> {
  let content: string;
  try {
    content = await readText(path);
  } catch (cause) {
    const reason = reasonOf(cause);
    throw new UsageError(
      `Cannot read history ${path}: ${reason}\nHint: deno task bench history ${path} --append RUN starts one`,
      { cause },
    );
  }
  try {
    return parseHistory(content);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new UsageError(cause.message.replace("Cannot read history:", `Cannot read history ${path}:`), {
      cause,
    });
  }
}

/**
 * Adds entries at the end, all in one write of a file opened for appending, so that the lines of two processes do not
 * mix even where there are no locks. A last line that was cut off is ended first, so that it spoils nothing but itself.
 *
 * @returns How many were added: an entry that stands there already, word for word, is not added again.
 * @throws {UsageError} If the file cannot be written, or holds lines of a later version.
 */
export async function appendEntries(path: string, entries: readonly HistoryEntry[]): Promise<number> {
  return await withLock(lockOf(path), async () => {
    const content = await readText(path).catch((cause) => {
      if (cause instanceof Deno.errors.NotFound) return "";
      throw cannotWrite(path, cause);
    });
    if (content !== "") await readHistory(path);
    const known = new Set(content.split("\n"));
    const lines = entries.map((entry) => JSON.stringify(entry)).filter((line) => !known.has(line));
    if (lines.length === 0) return 0;
    const start = content === "" || content.endsWith("\n") ? "" : "\n";
    const bytes = new TextEncoder().encode(start + lines.map((line) => `${line}\n`).join(""));
    try {
      using file = await Deno.open(path, { append: true, create: true });
      const written = await file.write(bytes);
      if (written < bytes.length) {
        throw new Error(`${written} of ${bytes.length} bytes were written, the disk may be full`);
      }
      await file.sync();
    } catch (cause) {
      throw cannotWrite(path, cause);
    }
    return lines.length;
  });
}

/**
 * Writes the file anew with the lines that are to be kept alone; lines that cannot be read go to `<path>.damaged`.
 *
 * @returns What was there before, and which entries are left.
 * @throws {UsageError} If there is no file, a line is of a later version, or a file cannot be written.
 */
export async function pruneHistory(path: string, keep: Keep): Promise<History & { left: HistoryEntry[] }> {
  return await withLock(lockOf(path), async () => {
    const found = await readHistory(path), left = prune(found.entries, keep);
    const damaged = found.problems.flatMap(({ text }) => text === null ? [] : [text]);
    try {
      if (damaged.length > 0) {
        await Deno.writeTextFile(`${path}.damaged`, damaged.map((line) => `${line}\n`).join(""), {
          append: true,
        });
      }
      await writeFileAtomic(path, left.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    } catch (cause) {
      throw cannotWrite(path, cause);
    }
    return { ...found, left };
  });
}

/** The file whose lock is that of a history. */
function lockOf(path: string): string {
  return `${path}.lock`;
}

function cannotWrite(path: string, cause: unknown): UsageError {
  return new UsageError(`Cannot write history ${path}: ${reasonOf(cause)}`, {
    exitCode: EXIT.failed,
    cause,
  });
}
