import { parseArgs } from "@std/cli/parse-args";
import { suggest } from "../nearest.ts";
import { UsageError } from "../usage_error.ts";
import { checkNeeds } from "./complete_options.ts";
import type { FlagOption, GivenOptions, Option, ValueOption } from "./option.ts";
import { asUsageError } from "./option_fault.ts";

/** Parsed arguments of a command. */
export interface Parsed<T extends readonly Option[]> {
  /** The given options. */
  readonly options: GivenOptions<T>;
  /** All other arguments, in order. */
  readonly paths: readonly string[];
}

/** Text that begins like a number: a value, although it starts with a minus. */
const NEGATIVE = /^-(?:[\d.]|inf|nan)/i;

/**
 * Reads the arguments of a command into typed options and paths. A value may begin with a minus where a number does.
 *
 * @param options.command For errors: "deno task bench".
 * @param options.paths Whether arguments that are not options are accepted. Default: false.
 * @throws {UsageError} If an option is unknown, renamed, given twice or missing, lacks its value, or has one that it does
 * not take.
 */
export function parseOptions<const T extends readonly Option[]>(
  args: readonly string[],
  { table, command, paths = false }: { table: T; command: string; paths?: boolean },
): Parsed<T> {
  const refuse = (reason: string) =>
    new UsageError(`Cannot run ${command}: ${reason}\nHint: ${command} --help lists the options`);
  const valued = table.filter((one) => one.type !== null), flags = table.filter((one) => one.type === null);
  const aliases = table.flatMap(({ name, alias }) => alias === undefined ? [] : [[name, alias]]);
  const parsed = parseArgs(joinNegatives(args, valued.flatMap(spellings)), {
    string: [...valued.map(({ name }) => name), "_"],
    collect: valued.map(({ name }) => name),
    boolean: flags.map(({ name }) => name),
    alias: Object.fromEntries(aliases),
    unknown: (arg, key) => {
      if (key === undefined) {
        if (paths) return true;
        throw refuse(`unexpected argument ${arg}`);
      }
      const given = arg.replace(/=.*$/s, "");
      const renamed = table.find(({ renamedFrom }) => given === `--${renamedFrom}`);
      if (renamed !== undefined) throw refuse(`${given} was renamed, it is --${renamed.name} now`);
      throw refuse(`unknown option ${given}, ${suggest(given, table.map(({ name }) => `--${name}`))}`);
    },
  });
  const options: Record<string, unknown> = {};
  for (const one of flags) {
    if (isGiven(one, { args, refuse })) options[one.property] = true;
  }
  for (const one of valued) {
    const given = parsed[one.name] as readonly string[];
    if (given.length > 1) throw refuse(`--${one.name} is given twice`);
    if (given[0] === "") throw refuse(`--${one.name} needs a value, ${one.value}`);
    if (given.length > 0) options[one.property] = readValue(one, given[0]);
  }
  const missing = valued.filter((one) => one.required && !(one.property in options));
  if (missing.length > 0 && options.help !== true) {
    const names = missing.map(({ name }) => `--${name}`).join(", ");
    throw refuse(`${names} ${missing.length > 1 ? "are" : "is"} missing`);
  }
  checkNeeds(options, { table, spell: ({ name }) => `--${name}` });
  return { options: options as GivenOptions<T>, paths: (parsed._ as readonly unknown[]).map(String) };
}

function spellings({ name, alias }: Option): string[] {
  return [`--${name}`, ...alias === undefined ? [] : [`-${alias}`]];
}

/** Whether a flag is there, once and without a value. */
function isGiven(
  one: FlagOption,
  { args, refuse }: { args: readonly string[]; refuse: (reason: string) => UsageError },
): boolean {
  const uses = args.flatMap((arg, i) => spellings(one).includes(arg.replace(/=.*$/s, "")) ? [i] : []);
  for (const i of uses) {
    const [, inline] = args[i].split(/=(.*)/s), next = args[i + 1];
    if (inline !== undefined) throw refuse(`--${one.name} takes no value, given ${inline}`);
    if (next === "true" || next === "false") throw refuse(`unexpected argument ${next}`); // the parser would take it
  }
  if (uses.length > 1) throw refuse(`--${one.name} is given twice`);
  return uses.length === 1;
}

function readValue({ name, type }: ValueOption, given: string): unknown {
  try {
    return type.read(given);
  } catch (error) {
    throw asUsageError(error, { option: `--${name}`, given });
  }
}

/** Writes `--eps -8px` as `--eps=-8px`, since the parser takes an argument that begins with a minus for an option. */
function joinNegatives(args: readonly string[], valued: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const last = joined.at(-1);
    if (last !== undefined && valued.includes(last) && NEGATIVE.test(arg)) {
      joined[joined.length - 1] = `${last}=${arg}`;
    } else joined.push(arg);
  }
  return joined;
}
