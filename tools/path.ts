/** The few path functions that the checks need.
 *
 * @module
 */
import * as nodePath from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The path of a `file:` URL, without a trailing separator. */
export function fromFileUrl(url: URL): string {
  return nodePath.resolve(fileURLToPath(url));
}

/** The `file:` URL of a path. */
export function toFileUrl(path: string): URL {
  return pathToFileURL(path);
}

/** Joins parts with the system's separator. */
export function join(...parts: string[]): string {
  return nodePath.join(...parts);
}

/** The path from `root` to `path`, with forward slashes. */
export function relative(root: string, path: string): string {
  return nodePath.relative(root, path).replaceAll("\\", "/");
}
