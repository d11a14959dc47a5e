import { entryAt } from "../../engine/atomic_file.ts";
import { UsageError } from "../terminal/usage_error.ts";

/**
 * The full path of something below a folder, after a check that no part of it is a symbolic link: what lies behind a link
 * belongs to somebody else. The folder itself may be reached through links. Parts that do not exist yet are fine.
 *
 * @throws {UsageError} If a part is a link.
 */
export async function plainPath(folder: string, relative: string): Promise<string> {
  let path = folder;
  for (const part of relative.split("/")) {
    path += `/${part}`;
    const found = await entryAt(path);
    if (found === null) break;
    if (!found.isSymlink) continue;
    throw new UsageError(
      `Cannot use ${path}: it is a symbolic link, which is neither followed nor replaced\n` +
        `Hint: put what it leads to in its place; ${folder} itself may be a link`,
    );
  }
  return `${folder}/${relative}`;
}
