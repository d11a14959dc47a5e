/** The one file that a measuring command leaves. */

import { dirname } from "node:path";
import { reasonOf } from "../../engine/system_error.ts";
import { writeFileAtomic } from "../../engine/atomic_file.ts";
import { EXIT, UsageError } from "../terminal/usage_error.ts";

/**
 * Makes the folder of a record, and refuses a name that is taken, before minutes are spent on what could not be kept.
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
      `Hint: choose another file with --out`,
  );
}

/**
 * Writes a record as JSON, whole or not at all.
 *
 * @throws {UsageError} If it cannot be written.
 */
export async function writeRecord(path: string, record: object): Promise<void> {
  await writeFileAtomic(path, JSON.stringify(record, null, 2) + "\n").catch((cause) => {
    throw cannotWrite(path, cause);
  });
}

function cannotWrite(path: string, cause: unknown): UsageError {
  const reason = reasonOf(cause instanceof Error && cause.cause ? cause.cause : cause);
  return new UsageError(`Cannot write ${path}: ${reason}\nHint: choose another file with --out`, {
    exitCode: EXIT.failed,
    cause,
  });
}
