/** The part of JSR's `@std/cli/parse-args` that we use, with the same call and results, over npm's `minimist`.
 *
 * Three things differ between the two, and this adapter settles them as `@std/cli` does: a repeated option keeps its
 * last value unless it is listed in `collect`; `--no-x` means `x = false` only if `x` is listed in `negatable`; and
 * `unknown` is told the name and the value. `deno.json` maps `@std/cli/parse-args` here; the README says how to map it
 * to JSR instead.
 *
 * @module
 */
import minimist from "minimist";

/** Names of options: one, or several. */
type Names<N extends string> = N | readonly N[];

/** The options of a command line. */
export interface ParseOptions<
  B extends string = string,
  S extends string = string,
  C extends string = string,
  D extends Record<string, unknown> = Record<string, unknown>,
> {
  /** Options without a value; `false` when absent. */
  boolean?: Names<B>;
  /** Options whose value is text, never turned into a number. List `_` to keep positional arguments text too. */
  string?: Names<S>;
  /** Options that may be repeated; their value is always a list. */
  collect?: Names<C>;
  /** Boolean options that `--no-<name>` sets to false. */
  negatable?: Names<string>;
  /** Values of absent options. */
  default?: D;
  /** Other names of an option. */
  alias?: Record<string, string | readonly string[]>;
  /** Stop at the first positional argument; it and all that follows go to `_`. */
  stopEarly?: boolean;
  /** Put what follows `--` into the property `--` instead of `_`. */
  "--"?: boolean;
  /** Called for each option that is not listed and for each positional argument; `false` drops it. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

type TextOf<K, C, D> = K extends C ? string[] : K extends keyof D ? string : string | undefined;

/** The result: one property per option, positional arguments in `_`. */
export type Args<B extends string, S extends string, C extends string, D> =
  & { [K in B]: boolean }
  & { [K in Exclude<S, "_">]: TextOf<K, C, D> }
  & { [K in Exclude<keyof D, B | S>]: D[K] }
  & { _: "_" extends S ? string[] : (string | number)[]; "--"?: string[] }
  & { [name: string]: unknown };

type Minimist = (
  args: string[],
  options: Record<string, unknown>,
) => Record<string, unknown> & { _: string[] };

/** Parses a command line.
 *
 * @param args The words, usually `Deno.args`.
 * @param options What to expect.
 * @returns One property per option, positional arguments in `_`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseArgs } from "@std/cli/parse-args";
 * const args = parseArgs(["--seeds", "0..4", "--resume"], { string: ["seeds"], boolean: ["resume"] });
 * assertEquals(args.seeds, "0..4");
 * assertEquals(args.resume, true);
 * ```
 */
export function parseArgs<
  const B extends string = never,
  const S extends string = never,
  const C extends string = never,
  const D extends Record<string, unknown> = Record<never, never>,
>(args: readonly string[], options: ParseOptions<B, S, C, D> = {}): Args<B, S, C, D> {
  const collect = withAliases(list(options.collect), options.alias);
  const negatable = withAliases(list(options.negatable), options.alias);
  const end = args.indexOf("--");
  const hidden = new Set<string>();
  const words = args.map((word, i) => {
    const inOptions = (end < 0 || i < end) && /^--no-[^=]+$/.test(word);
    if (!inOptions || negatable.has(word.slice(5))) return word;
    hidden.add(word.slice(2));
    return `${word}=true`;
  });
  const parsed = (minimist as unknown as Minimist)(words, {
    boolean: list(options.boolean),
    string: list(options.string),
    alias: options.alias ?? {},
    default: options.default ?? {},
    stopEarly: options.stopEarly ?? false,
    "--": options["--"] ?? false,
    unknown: options.unknown === undefined ? undefined : (word: string) => unknown(word, options.unknown!),
  });
  const result: Record<string, unknown> = parsed;
  for (const [name, value] of Object.entries(parsed)) {
    if (name === "_" || name === "--") continue;
    if (hidden.has(name)) result[name] = true;
    const isDefault = value === options.default?.[name];
    if (collect.has(name)) result[name] = Array.isArray(value) ? value : value === undefined ? [] : [value];
    else if (Array.isArray(value) && !isDefault) result[name] = value.at(-1);
  }
  for (const name of collect) result[name] ??= [];
  return result as Args<B, S, C, D>;
}

function list(names: Names<string> | undefined): string[] {
  return names === undefined ? [] : typeof names === "string" ? [names] : [...names];
}

function withAliases(names: string[], alias: ParseOptions["alias"] = {}): Set<string> {
  const all = new Set(names);
  for (const [name, others] of Object.entries(alias)) {
    const group = [name, ...list(others)];
    if (group.some((one) => all.has(one))) group.forEach((one) => all.add(one));
  }
  return all;
}

/** Calls `callback` as @std/cli does: (word) for a positional argument, (word, name, value) for an option. */
function unknown(word: string, callback: NonNullable<ParseOptions["unknown"]>): unknown {
  const option = /^--?([^=]+)(?:=(.*))?$/s.exec(word);
  if (option === null) return callback(word);
  const added = /^--no-.*=true$/.test(word); // the "=true" that keeps minimist from negating
  return added
    ? callback(word.slice(0, -"=true".length), option[1], true)
    : callback(word, option[1], option[2] ?? true);
}
