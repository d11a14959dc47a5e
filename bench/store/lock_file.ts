/** A lock between processes, by a file next to what they change. */
import { entryAt, entryKind } from "../../common/atomic_file.ts";
import { UsageError } from "../../common/usage_error.ts";

/**
 * Does something while no other process that asks for the same lock does, waiting for its turn. The lock is a file of
 * its own, since what it guards may be replaced by renaming, and a lock would stay with the file that is gone. It is
 * removed again. A process that ends, however that comes, loses its lock.
 *
 * Where the file system has no locks, or the file cannot be made, `body` runs without: what it writes shows whether it can.
 *
 * @param path Of the lock's file.
 */
export function withLock<T>(path: string, body: () => Promise<T>): Promise<T> {
  const mine = lastHere.then(() => locked(path, body));
  lastHere = mine.then(() => {}, () => {});
  return mine;
}

/** Within a process one waits at a time: each that waits holds a thread, and these are few. */
let lastHere: Promise<void> = Promise.resolve();

async function locked<T>(path: string, body: () => Promise<T>): Promise<T> {
  const file = await acquire(path);
  try {
    return await body();
  } finally {
    if (file !== null) {
      await removeLockFile(file, path);
      file.close();
    }
  }
}

async function acquire(path: string): Promise<Deno.FsFile | null> {
  for (;;) {
    let file: Deno.FsFile;
    try {
      file = await openLockFile(path);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      return null;
    }
    const locked = await file.lock(true).then(() => true, () => false);
    if (!locked) {
      await removeLockFile(file, path); // nobody can have locked it
      file.close();
      return null;
    }
    if (await isFileAt(file, path)) return file;
    file.close(); // whoever had the lock has taken the file along
  }
}

/**
 * Opens the file of a lock, and makes it where there is none. Its content stays as it is.
 *
 * @throws {UsageError} If something other than a file has the name, such as a symbolic link.
 */
export async function openLockFile(path: string): Promise<Deno.FsFile> {
  const found = await entryAt(path);
  if (found === null || found.isFile) return await Deno.open(path, { create: true, write: true });
  throw new UsageError(`Cannot lock ${path}: it is ${entryKind(found)}, and must be a file of its own`);
}

/** Removes the file of a lock, unless it holds something: locks of ours are empty. */
export async function removeLockFile(file: Deno.FsFile, path: string): Promise<void> {
  const { size } = await file.stat();
  if (size === 0 && await isFileAt(file, path)) await Deno.remove(path).catch(() => {}); // Windows keeps open files
}

/** Whether an open file is the one at a path, links not followed. */
export async function isFileAt(file: Deno.FsFile, path: string): Promise<boolean> {
  const there = await entryAt(path), here = await file.stat();
  return there !== null && there.ino === here.ino && there.dev === here.dev;
}
