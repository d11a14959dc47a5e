import { entryAt, entryKind } from "../../common/atomic_file.ts";
import { UsageError } from "../../common/usage_error.ts";

/**
 * The full path of something below a folder, after a check that no part of it is a symbolic link: what lies behind a link
 * belongs to somebody else. The folder itself may be reached through links. Parts that do not exist yet are fine.
 *
 * @throws {UsageError} If a part is a link, or a part other than the last is no folder.
 */
export async function plainPath(folder: string, relative: string): Promise<string> {
  await checkPlain(folder, [relative]);
  return `${folder}/${relative}`;
}

/**
 * The check of {@linkcode plainPath} for many paths, each part looked at once.
 *
 * @throws {UsageError} As there.
 */
export async function checkPlain(folder: string, relatives: Iterable<string>): Promise<void> {
  const seen = new Map<string, Deno.FileInfo | null>();
  for (const relative of relatives) {
    let path = folder;
    for (const part of relative.split("/")) {
      if (part === ".") continue; // the folder itself; with fewer than all permissions, Deno looks at the link to it
      path += `/${part}`;
      const found = seen.has(path) ? seen.get(path)! : await entryAt(path);
      seen.set(path, found);
      if (found === null) break;
      if (found.isSymlink) {
        throw refuse(
          `${path}: it is a symbolic link, which is neither followed nor replaced`,
          `put what it leads to in its place; ${folder} itself may be a link`,
        );
      }
      if (!found.isDirectory && path !== `${folder}/${relative}`) {
        throw refuse(`${path}: it is ${entryKind(found)} where a folder belongs`, "move it away");
      }
    }
  }
}

function refuse(reason: string, hint: string): UsageError {
  return new UsageError(`Cannot use ${reason}\nHint: ${hint}`);
}
