import { entryAt, entryKind } from "../../engine/atomic_file.ts";
import { UsageError } from "../terminal/usage_error.ts";

/**
 * The full path of something below a folder, after a check that no part of it is a symbolic link: what lies behind a link
 * belongs to somebody else. The folder itself may be reached through links. Parts that do not exist yet are fine.
 *
 * @throws {UsageError} If a part is a link, or a part other than the last is no folder.
 */
export async function plainPath(folder: string, relative: string): Promise<string> {
  const whole = `${folder}/${relative}`;
  let path = folder;
  for (const part of relative.split("/")) {
    path += `/${part}`;
    const found = await entryAt(path);
    if (found === null) break;
    if (found.isSymlink) {
      throw refuse(
        `${path}: it is a symbolic link, which is neither followed nor replaced`,
        `put what it leads to in its place; ${folder} itself may be a link`,
      );
    }
    if (!found.isDirectory && path !== whole) {
      throw refuse(`${path}: it is ${entryKind(found)} where a folder belongs`, "move it away");
    }
  }
  return whole;
}

function refuse(reason: string, hint: string): UsageError {
  return new UsageError(`Cannot use ${reason}\nHint: ${hint}`);
}
