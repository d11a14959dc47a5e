/** What an option of a function may be; absent, null and false leave the word out. */
type WordValue = string | number | boolean | null | undefined | Iterable<string | number>;

/**
 * The words of a command that ask for what the options of a function say: so that a function has the defaults and the
 * checks of its command, and a record the command that makes it again.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { toWords } from "./to_words.ts";
 * const values = { n: 20, attacks: ["square", "fab-t"], "save-images": true, resume: false, out: undefined };
 * assertEquals(toWords(values), ["--n=20", "--attacks=square,fab-t", "--save-images"]);
 * ```
 */
export function toWords(values: Readonly<Record<string, WordValue>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined || value === null || value === false) return [];
    if (value === true) return [`--${name}`];
    return [`--${name}=${typeof value === "object" ? [...value].join(",") : value}`];
  });
}
