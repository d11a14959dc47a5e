/** The one file that a measuring command leaves. */

import { dirname } from "node:path";
import { reasonOf } from "../../common/system_error.ts";
import { entryAt, writeFileAtomic } from "../../common/atomic_file.ts";
import { EXIT, UsageError } from "../../common/usage_error.ts";

/**
 * Makes the folder of a record, and refuses a name that exists, before minutes go into results that could not be kept.
 *
 * @throws {UsageError} If the file exists, or its folder cannot be made.
 */
export async function reserveRecord(path: string): Promise<void> {
  try {
    await Deno.lstat(path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cannotWrite(path, cause);
    return await Deno.mkdir(dirname(path), { recursive: true }).catch((cause) => {
      throw cannotWrite(path, cause);
    });
  }
  throw new UsageError(
    `Cannot write ${path}: it exists already, and records are never overwritten\n` +
      `Hint: choose another file with option out`,
  );
}

/**
 * Writes a record, whole or not at all. If another process has used the name meanwhile, the record goes to a new name in
 * the same folder, so neither is lost.
 *
 * @param text The file, as the record's kind writes it.
 * @throws {UsageError} If it cannot be written, or went to another name.
 */
export async function writeRecord(path: string, text: string): Promise<void> {
  const isTaken = await entryAt(path) !== null;
  const own = isTaken ? `${path.replace(/\.json$/, "")}-${crypto.randomUUID().slice(0, 8)}.json` : path;
  await writeFileAtomic(own, text).catch((cause) => {
    throw cannotWrite(own, cause);
  });
  if (!isTaken) return;
  throw new UsageError(
    `Cannot write ${path}: it was made by somebody else meanwhile, the record is ${own}\nHint: move it where it belongs`,
    { exitCode: EXIT.failed },
  );
}

function cannotWrite(path: string, cause: unknown): UsageError {
  const reason = reasonOf(cause instanceof Error && cause.cause ? cause.cause : cause);
  return new UsageError(`Cannot write ${path}: ${reason}\nHint: choose another file with option out`, {
    exitCode: EXIT.failed,
    cause,
  });
}
