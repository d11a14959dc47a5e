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
 * forced to the disk, and the file is renamed. A killed writer leaves only such a temporary file behind. Files are
 * replaced and nothing else: neither symbolic links nor devices.
 *
 * @throws {Error} If something other than a file has the name, the folder is missing or not writable, or the disk is
 * full; the system's error is the cause.
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const temporary = join(dirname(path), `.${basename(path)}.${crypto.randomUUID()}.tmp`);
  try {
    const found = await entryAt(path);
    if (found !== null && !found.isFile) {
      throw new Error(`it is ${entryKind(found)}, and only files are replaced`);
    }
    await writeSynced(temporary, bytes);
    await Deno.rename(temporary, path);
  } catch (cause) {
    await Deno.remove(temporary).catch(() => {}); // it may never have been created
    throw new Error(`Cannot write ${printable(path)}: ${reasonOf(cause)}`, { cause });
  }
  await syncFolder(dirname(path));
}

/** The entry at a path, links not followed; null if nothing exists there, or access is denied. */
export async function entryAt(path: string): Promise<Deno.FileInfo | null> {
  return await Deno.lstat(path).catch(() => null);
}

/** "a symbolic link". */
export function entryKind({ isFile, isDirectory, isSymlink }: Deno.FileInfo): string {
  return isSymlink ? "a symbolic link" : isDirectory ? "a folder" : isFile ? "a file" : "a device";
}

/** The name of the file that an unfinished {@linkcode writeFileAtomic} was about to write; null for other names. */
export function temporaryOf(name: string): string | null {
  return /^\.(.+)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/.exec(name)?.[1] ?? null;
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
