/** Files that are never seen half-written.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { printable } from "./printable.ts";
import { reasonOf } from "./system_error.ts";

/**
 * Writes a file so that `path` always holds either its old content or all of the new one, even if the process is
 * killed or the power fails: the bytes go to a hidden temporary file in the same folder (`.NAME.UUID.tmp`), are
 * forced to the disk, and the file is renamed. A killed writer leaves only such a temporary file behind.
 *
 * @throws {Error} If the folder is missing or not writable, or the disk is full; the system's error is the cause.
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const temporary = join(dirname(path), `.${basename(path)}.${crypto.randomUUID()}.tmp`);
  try {
    await writeSynced(temporary, bytes);
    await Deno.rename(temporary, path);
  } catch (cause) {
    await Deno.remove(temporary).catch(() => {}); // it may never have been created
    throw new Error(`Cannot write ${printable(path)}: ${reasonOf(cause)}`, { cause });
  }
  await syncFolder(dirname(path));
}

/** Whether a file name is that of an unfinished {@linkcode writeFileAtomic}. */
export function isTemporaryName(name: string): boolean {
  return /^\..+\.[0-9a-f-]{36}\.tmp$/.test(name);
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
  await file.sync();
}

/** Makes renames in a folder durable. Windows cannot open folders and does not need it. */
export async function syncFolder(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(path);
  await folder.sync();
}
