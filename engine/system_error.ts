/** What the operating system refuses, in plain words. */

/** What the usual codes mean, said of a path. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder, not a file",
  ENOTDIR: "a part of the path is not a folder",
  ELOOP: "links lead round in a circle",
  ENOSPC: "no space is left on the disk",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  ENAMETOOLONG: "the name is too long",
  EEXIST: "it exists already",
  ENOTEMPTY: "the folder is not empty",
  EMFILE: "too many files are open",
  EIO: "the device reports an error",
  ETXTBSY: "it is in use",
  EBUSY: "it is in use",
};

/**
 * Why the operating system refused to do something with a file, in plain words; null for any other error. `Deno` gives
 * such errors a `code`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { systemReason } from "./system_error.ts";
 * const error = await Deno.readFile("no/such/file").catch((error) => error);
 * assertEquals(systemReason(error), "no such file or folder");
 * assertEquals(systemReason(new TypeError("x is not a function")), null);
 * ```
 */
export function systemReason(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof Deno.errors.NotCapable) return "Deno was started without this permission";
  const { code } = error as { code?: unknown };
  if (typeof code === "string" && Object.hasOwn(REASONS, code)) return REASONS[code];
  const said = /^(.+?) \(os error \d+\)/s.exec(error.message);
  return said === null ? null : said[1].charAt(0).toLowerCase() + said[1].slice(1);
}

/** The reason of any error: the operating system's in plain words, else its message. */
export function reasonOf(error: unknown): string {
  return systemReason(error) ?? (error instanceof Error ? error.message : String(error));
}
