/** Opening what has to be a file. */
import { printable } from "./printable.ts";
import { reasonOf } from "./system_error.ts";

/** An open file and its size in bytes. */
export interface OpenedFile extends Disposable {
  readonly file: Deno.FsFile;
  readonly sizeBytes: number;
}

/**
 * Opens a file to read. Folders, pipes and devices are refused by what they are, before anything waits for them.
 *
 * @throws {Deno.errors.NotFound} If there is no such file.
 * @throws {Error} If it cannot be read; the system's error is the cause.
 */
export async function openFile(path: string): Promise<OpenedFile> {
  const fail = (reason: string, cause?: unknown) => {
    const absent = cause instanceof Deno.errors.NotFound;
    return new (absent ? Deno.errors.NotFound : Error)(`Cannot read ${printable(path)}: ${reason}`, {
      cause,
    });
  };
  let info: Deno.FileInfo, file: Deno.FsFile;
  try {
    info = await Deno.stat(path);
    if (!info.isFile) {
      throw fail(info.isDirectory ? "it is a folder, not a file" : "it is not a regular file");
    }
    file = await Deno.open(path);
  } catch (cause) {
    if (cause instanceof Error && cause.message.startsWith("Cannot read ")) throw cause;
    throw fail(reasonOf(cause), cause);
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
