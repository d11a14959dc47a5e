/** Opens and reads regular files. Folders, pipes and devices are refused in one place, for every path that a person or a process gives. */
import { printable } from "./printable.ts";
import { reasonOf } from "./system_error.ts";

/** An open file and its size in bytes. */
export interface OpenedFile extends Disposable {
  readonly file: Deno.FsFile;
  readonly sizeBytes: number;
}

/** Bytes of a text beyond which it is a mistake, and more than a string can hold is near: 256 MiB. */
const MAX_TEXT = 2 ** 28;

/**
 * Opens a file to read. Folders, pipes and devices are refused by their type, before anything waits for them.
 *
 * @throws {Deno.errors.NotFound} If there is no such file.
 * @throws {Error} If it cannot be read; the system's error is the cause, and `systemReason` gives the reason alone.
 */
export async function openFile(path: string): Promise<OpenedFile> {
  let info: Deno.FileInfo, file: Deno.FsFile;
  try {
    info = await Deno.stat(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  if (info.isDirectory) throw unreadable(path, "it is a folder, not a file");
  if (!info.isFile) throw unreadable(path, "it is not a regular file");
  try {
    file = await Deno.open(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  return { file, sizeBytes: info.size, [Symbol.dispose]: () => file.close() };
}

/**
 * Reads the next bytes of a file until `into` is full or the file ends.
 *
 * @returns How many were read.
 */
export async function readInto(file: Deno.FsFile, into: Uint8Array<ArrayBuffer>): Promise<number> {
  let done = 0;
  while (done < into.length) {
    const count = await file.read(into.subarray(done));
    if (count === null) break;
    done += count;
  }
  return done;
}

/**
 * The bytes of a file.
 *
 * @param options.max Bytes above which it is not read. Default: no limit.
 * @throws {Deno.errors.NotFound} If there is no such file.
 * @throws {Error} If it is not a file, too large, or cannot be read; see {@linkcode openFile}.
 */
export async function readBytes(
  path: string,
  { max = Infinity }: { max?: number } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  {
    using opened = await openFile(path);
    if (opened.sizeBytes > max) {
      throw unreadable(path, `it is too large, ${opened.sizeBytes} bytes, at most ${max} are read`);
    }
  }
  return await Deno.readFile(path).catch((cause) => {
    throw unreadable(path, cause);
  });
}

/**
 * The text of a file in UTF-8, without a byte order mark.
 *
 * @param options.max Bytes above which it is not read. Default: 256 MiB.
 * @throws {Deno.errors.NotFound} If there is no such file.
 * @throws {Error} If it is not a file, too large, not UTF-8, or cannot be read; see {@linkcode openFile}.
 */
export async function readText(path: string, { max = MAX_TEXT }: { max?: number } = {}): Promise<string> {
  const bytes = await readBytes(path, { max });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw unreadable(path, "it is not text in UTF-8", cause);
  }
}

function unreadable(path: string, why: unknown, cause = why): Error {
  const reason = typeof why === "string" ? why : reasonOf(why);
  const absent = why instanceof Deno.errors.NotFound;
  const error = new (absent ? Deno.errors.NotFound : Error)(`Cannot read ${printable(path)}: ${reason}`, {
    cause,
  });
  return Object.assign(error, { reason });
}
