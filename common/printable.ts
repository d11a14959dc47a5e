/** Untrusted text in messages: names in files, paths, values of settings. */

/** Control characters (C0, DEL, C1), line separators, marks that turn the direction of text, lone surrogates. */
// deno-lint-ignore no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

/** Settings of {@linkcode printable}. */
export interface PrintableOptions {
  /** Characters kept; the middle of a longer text is left out. Default: all. */
  readonly max?: number;
  /** Whether line feeds stay, as in a message of several lines. Default: false. */
  readonly lines?: boolean;
}

/**
 * A text that a terminal shows and never obeys: control characters as `\n`, `\t`, `\u{1b}`, so that no name in a file
 * can move the cursor, set colours, forge a line or turn the direction of what follows.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { printable } from "./printable.ts";
 * assertEquals(printable("conv1\u001b[2J.weight\n"), "conv1\\u{1b}[2J.weight\\n");
 * assertEquals(printable("a\nHint: b", { lines: true }), "a\nHint: b");
 * assertEquals(printable("0123456789", { max: 5 }), "01...89");
 * ```
 */
export function printable(text: string, { max = Infinity, lines = false }: PrintableOptions = {}): string {
  const half = Math.floor(max / 2);
  const kept = text.length > max ? `${text.slice(0, half)}...${text.slice(text.length - half)}` : text;
  return kept.replace(UNSAFE, (char) => char === "\n" && lines ? char : escaped(char));
}

function escaped(char: string): string {
  const short = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[char];
  return short ?? `\\u{${char.codePointAt(0)!.toString(16)}}`;
}

/** A few names for a message, each printable and short: `a, b and 40 more`. */
export function someNames(names: readonly string[], max = 5): string {
  const shown = names.slice(0, max).map((name) => printable(name, { max: 200 })).join(", ");
  return names.length > max ? `${shown} and ${names.length - max} more` : shown;
}
