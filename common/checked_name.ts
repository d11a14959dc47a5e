/** The one alphabet of names that become parts of paths: of presets, cells and files. */

/** The alphabet in words, as errors say it. */
export const NAME_ALPHABET =
  'letters, digits, ".", "_" and "-", first a letter or digit, last no ".", at most 64 characters, no device name of Windows';

const LONGEST = 64;

/** Windows opens a device under these names, with any text after a dot. */
const RESERVED = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/**
 * Whether a name is safe as one part of a path, on every system: it stays where it is put and hides nothing.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { isName } from "./checked_name.ts";
 * assertEquals(["cifar10-small", "D_det", "../evil", "nul.yaml"].map(isName), [true, true, false, false]);
 * ```
 */
export function isName(name: unknown): name is string {
  return typeof name === "string" && name.length <= LONGEST && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) &&
    !name.endsWith(".") && !RESERVED.test(name);
}

/**
 * Whether a cell's name is one or more names with slashes between. Two dashes stand for the slash in names of files, so no
 * part holds them.
 */
export function isCellName(name: unknown): name is string {
  return typeof name === "string" && name.split("/").every((part) => isName(part) && !part.includes("--"));
}

/** Whether a path, relative to the run folder, is that of a file of a cell: `artifacts/<cell>/<name>`. */
export function isArtifactPath(cell: string, path: unknown): path is string {
  if (typeof path !== "string" || !isCellName(cell)) return false;
  const name = path.slice(path.lastIndexOf("/") + 1);
  return isName(name) && path === `artifacts/${cell}/${name}`;
}

/** A name that is close to a text: everything outside the alphabet becomes a dash. */
export function nameFrom(text: string): string {
  const name = text.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "").slice(0, LONGEST)
    .replace(/[^A-Za-z0-9]+$/, "");
  return isName(name) ? name : "unnamed";
}
