import { Buffer } from "node:buffer";
import { join } from "node:path";
import { entryAt, entryKind, writeFileAtomic } from "../common/atomic_file.ts";

/**
 * Puts files into a folder, which is made if missing. A file that is there with the same content stays; nothing is written
 * where one has other content, since it is somebody else's.
 *
 * @param files Contents by name.
 * @throws {Error} If something else has one of the names, or a file cannot be written.
 */
export async function putFiles(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const missing: string[] = [];
  for (const [name, bytes] of files) {
    const path = join(folder, name), found = await entryAt(path);
    if (found === null) missing.push(name);
    else if (!found.isFile) throw refuse(path, `it is ${entryKind(found)}`);
    else if (found.size !== bytes.length || Buffer.compare(await Deno.readFile(path), bytes) !== 0) {
      throw refuse(path, "it exists already with other content");
    }
  }
  for (const name of missing) await writeFileAtomic(join(folder, name), files.get(name)!);
}

function refuse(path: string, reason: string): Error {
  return new Error(
    `Cannot write ${path}: ${reason}\nHint: remove it, or choose another folder with option out`,
  );
}
