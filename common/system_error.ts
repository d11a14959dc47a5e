/** Errors of the operating system, in plain words. */
import { printable } from "./printable.ts";

/** Meanings of the usual codes, as predicates of a path. */
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
  EINVAL: "the name or the operation is not valid",
  EPIPE: "nobody reads it any more",
};

/**
 * Why something could not be done with a file, in plain words; null for an error that is not of the operating system nor
 * of `readText` and its like. `Deno` gives errors of the system a `code`.
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
  const { code, reason } = error as { code?: unknown; reason?: unknown };
  if (typeof reason === "string") return reason; // of readText() and its like
  if (typeof code === "string" && Object.hasOwn(REASONS, code)) return REASONS[code];
  const said = /^(.+?) \(os error \d+\)/s.exec(error.message);
  return said === null ? null : said[1].charAt(0).toLowerCase() + said[1].slice(1);
}

/** The reason of any error: the operating system's in plain words, else its message. */
export function reasonOf(error: unknown): string {
  return systemReason(error) ?? (error instanceof Error ? error.message : String(error));
}

/** Verbs for messages, by the names of functions of `Deno`. */
const VERBS: Readonly<Record<string, string>> = {
  open: "open",
  readfile: "read",
  writefile: "write",
  stat: "find",
  lstat: "find",
  readdir: "list",
  mkdir: "make the folder",
  remove: "remove",
  rename: "rename",
  link: "link",
  symlink: "link",
  copy: "copy",
  realpath: "find",
  readlink: "follow",
  truncate: "cut",
  chmod: "change",
};

/**
 * A sentence for a person about an error of the operating system that nobody has put into words: what was tried, with
 * which path, and why not. Null for any other error.
 */
export function systemMessage(error: unknown): string | null {
  if (error instanceof Deno.errors.NotCapable) return withoutPermission(error.message);
  const reason = systemReason(error);
  if (reason === null) return null;
  const { message } = error as Error;
  if (/(^|: )(tmpdir|tmpfile)$/.test(message)) {
    const folder = temporaryFolder() || "the usual place";
    return `Cannot make a temporary folder in ${printable(folder)}: ${reason}\n` +
      "Hint: set TMPDIR to a folder that can be written";
  }
  const tried = /: (\w+) '(.*?)'(?: -> '(.*)')?$/s.exec(message);
  const verb = tried === null ? undefined : VERBS[tried[1]];
  if (tried === null || verb === undefined) {
    return `Cannot use a file: ${reason}, ${printable(message, { max: 300 })}`;
  }
  const paths = tried.slice(2).filter((path) => path !== undefined).map((path) => printable(path));
  return `Cannot ${verb} ${paths.join(" as ")}: ${reason}`;
}

/** Deno's "Requires read access to X, run again with the --allow-read flag" in the words of the others. */
function withoutPermission(said: string): string {
  const [, what, flag] = /^Requires (.*), run again with the (\S+) flag$/s.exec(said) ?? [];
  const cannot = "Cannot continue: Deno was started without a permission";
  if (what === undefined) return `${cannot}, it says: ${printable(said, { max: 300 })}`;
  return `${cannot}, there is no ${printable(what, { max: 300 })}\n` +
    `Hint: start it by deno task, or with ${flag}`;
}

function temporaryFolder(): string | undefined {
  try {
    return Deno.env.get("TMPDIR");
  } catch {
    return undefined; // not allowed to see it
  }
}

/** A message without the operating system's jargon: "Not a directory (os error 20): lstat 'a/b'" is "not a directory". */
export function inPlainWords(message: string): string {
  const jargon = /([A-Z])([\w /]*?) \(os error \d+\)(?:: \w+ '[^'\n]*'(?: -> '[^'\n]*')?)?/g;
  return message.replace(jargon, (_, first: string, rest: string) => first.toLowerCase() + rest);
}
