import { basename, dirname, join } from "node:path";
import { entryAt, entryKind, syncFolder, type writeFileAtomic } from "../../common/atomic_file.ts";
import { readBytes } from "../../common/read_file.ts";
import { reasonOf } from "../../common/system_error.ts";
import { sha256Hex } from "../../common/sha256.ts";
import { plainPath } from "./plain_path.ts";

/**
 * Takes over a file from another folder, whole or not at all, after its hash is checked: as a hard link where the file
 * system lets it, else as a copy.
 *
 * One file under two names is safe here, since whoever writes into a run folder renames a new file into place
 * (`writeFileAtomic`): that gives one name another file, and the other name keeps what it had. To remove one of the
 * folders does the other no harm either.
 *
 * @param from The folder, and the path of the file in it and in the folder `to`. A part of that path that is a symbolic
 * link is refused in both.
 * @param options.write Writes the copy.
 * @throws {RangeError} If the file cannot be read, is something other than a file, or has another hash.
 * @throws {UsageError} If the path leads through a link in the folder `to`.
 * @throws {Error} If it cannot be written.
 */
export async function reuseFile(
  { folder: source, path }: { folder: string; path: string },
  target: string,
  { sha256, write }: { sha256: string; write: typeof writeFileAtomic },
): Promise<void> {
  const from = await sourcePath(source, path), to = await plainPath(target, path);
  const folder = dirname(to);
  await Deno.mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${basename(to)}.${crypto.randomUUID()}.tmp`);
  try {
    const linked = await linkFile(from, temporary);
    // The check reads the linked file itself, whatever is renamed to `from` meanwhile.
    const bytes = await readFile(linked ? temporary : from, from);
    const found = sha256Hex(bytes);
    if (found !== sha256) {
      throw new RangeError(
        `Cannot reuse ${from}: it is not the file that its record names, sha256 ${found}, expected ${sha256}`,
      );
    }
    if (linked) {
      await Deno.rename(temporary, to);
      await syncFolder(folder);
    } else await write(to, bytes);
  } finally {
    // Also after renaming: where both names are the same file already, that does nothing.
    await Deno.remove(temporary).catch(() => {});
  }
}

/** @throws {RangeError} If the path leads through anything but folders, or to something other than a file. */
async function sourcePath(source: string, path: string): Promise<string> {
  const refuse = (reason: string, cause?: unknown) =>
    new RangeError(`Cannot reuse ${source}/${path}: ${reason}`, { cause });
  const from = await plainPath(source, path).catch((cause) => {
    throw refuse("its path leads through a symbolic link or a file", cause);
  });
  const found = await entryAt(from);
  if (found !== null && !found.isFile) throw refuse(`it is ${entryKind(found)}`);
  return from;
}

/** Whether the file could be linked: another file system, or a file of another user, cannot. */
async function linkFile(from: string, to: string): Promise<boolean> {
  try {
    await Deno.link(from, to);
    return true;
  } catch {
    return false;
  }
}

async function readFile(path: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readBytes(path);
  } catch (cause) {
    throw new RangeError(`Cannot reuse ${name}: it cannot be read, ${reasonOf(cause)}`, {
      cause,
    });
  }
}
