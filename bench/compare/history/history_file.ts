/**
 * The file of a history. Appending writes at its end, pruning rewrites it; both hold a lock, so several processes can do
 * either at once. Readers need no lock: lines come in one write, and a rewritten file by renaming.
 */
import { entryAt, entryKind, writeFileAtomic } from "../../../common/atomic_file.ts";
import { canonicalJson } from "../../../common/canonical_json.ts";
import { readText } from "../../../common/read_file.ts";
import { reasonOf } from "../../../common/system_error.ts";
import { withLock } from "../../store/lock_file.ts";
import { EXIT, UsageError } from "../../../common/usage_error.ts";
import { HISTORY_LINE, type HistoryLine } from "../../records/history_line.ts";
import { type History, parseHistory } from "../../records/parse_history.ts";
import { sealed } from "../../records/seal.ts";
import { type Keep, prune } from "./prune.ts";

/**
 * Reads a history.
 *
 * @throws {UsageError} If the file cannot be read, or a line is of a later version.
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
 * Appends entries in one write, so lines of two processes do not mix even without locks. If the last line was cut off, a
 * line break comes first, so no other line is lost.
 *
 * @returns How many were added; an entry that the file holds already is not added twice.
 * @throws {UsageError} If the file cannot be written, holds lines of a later version, or is not a history.
 */
export async function appendEntries(path: string, entries: readonly HistoryLine[]): Promise<number> {
  return await withLock(await lockOf(path), async () => {
    const content = await readText(path).catch((cause) => {
      if (cause instanceof Deno.errors.NotFound) return "";
      throw cannotWrite(path, cause);
    });
    const known = new Set<string>();
    if (content !== "") {
      const history = await readHistory(path);
      checkOurs(path, history);
      for (const entry of history.entries) known.add(identityOf(entry));
    }
    const lines = entries.filter((entry) => !known.has(identityOf(entry))).map(lineOf);
    if (lines.length === 0) return 0;
    const start = content === "" || content.endsWith("\n") ? "" : "\n";
    const bytes = new TextEncoder().encode(start + lines.join(""));
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
 * Rewrites the file, ordered by time, with the lines to keep; unreadable lines go to `<path>.damaged`.
 *
 * @returns The history before, and the entries that are left.
 * @throws {UsageError} If the file does not exist, a line is of a later version, or a file cannot be written.
 */
export async function pruneHistory(path: string, keep: Keep): Promise<History & { left: HistoryLine[] }> {
  return await withLock(await lockOf(path), async () => {
    const found = await readHistory(path), left = prune(found.entries, keep);
    checkOurs(path, found);
    const damaged = found.problems.map(({ text }) => text);
    try {
      if (damaged.length > 0) {
        const there = await entryAt(`${path}.damaged`);
        if (there !== null && !there.isFile) throw new Error(`${path}.damaged is ${entryKind(there)}`);
        await Deno.writeTextFile(`${path}.damaged`, damaged.map((line) => `${line}\n`).join(""), {
          append: true,
        });
      }
      await writeFileAtomic(
        await Deno.realPath(path),
        left.map(lineOf).join(""),
      );
    } catch (cause) {
      throw cannotWrite(path, cause);
    }
    return { ...found, left };
  });
}

/** The text of an entry, sealed. */
function lineOf(entry: HistoryLine): string {
  return `${JSON.stringify(sealed(entry))}\n`;
}

/** An entry without its duration, which lines of version 1 do not have. */
function identityOf(entry: HistoryLine): string {
  return canonicalJson({ ...entry, durationMs: null });
}

/** The lock file of a history, by its real path. */
async function lockOf(path: string): Promise<string> {
  return `${await Deno.realPath(path).catch(() => path)}.lock`;
}

/** The start of every line of a history; a line that was cut off may be shorter. */
const START = JSON.stringify({ schema: HISTORY_LINE.schema }).slice(0, -1);

/** @throws {UsageError} If a file holds lines, but none of a history. */
function checkOurs(path: string, { entries, problems }: History): void {
  const foreign = problems.some(({ text }) => !text.startsWith(START) && !START.startsWith(text));
  if (entries.length > 0 || !foreign) return;
  throw new UsageError(
    `Cannot change history ${path}: none of its lines belongs to a history\nHint: give the file of a history, or a new name`,
  );
}

function cannotWrite(path: string, cause: unknown): UsageError {
  return new UsageError(`Cannot write history ${path}: ${reasonOf(cause)}`, {
    exitCode: EXIT.failed,
    cause,
  });
}
