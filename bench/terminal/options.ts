import { parseArgs } from "@std/cli/parse-args";
import { suggest } from "../../common/nearest.ts";
import { UsageError } from "../../common/usage_error.ts";

/** One option of a command: parser, help text and defaults come from here. */
export interface Option {
  readonly name: string;
  /** What its value is called in the help; null for a switch. */
  readonly value: string | null;
  readonly help: string;
  readonly alias?: string;
}

/** What the options of a table give: texts as typed, null where absent; switches are false or true. */
export type Values<T extends readonly Option[]> = {
  readonly [O in T[number] as O["name"]]: O["value"] extends null ? boolean : string | null;
};

/** What begins like a number: a value, although it starts with a minus. */
const NEGATIVE = /^-(?:[\d.]|inf|nan)/i;

/**
 * Parses the words after a command against its options. A value may begin with a minus where a number does.
 *
 * @param options.command For errors: "deno task bench".
 * @throws {UsageError} If an option is unknown, given twice, lacks its value or has one that it does not take, or a word is
 * not an option.
 */
export function parseOptions<const T extends readonly Option[]>(
  args: readonly string[],
  options: { table: T; command: string },
): Values<T> {
  const { table, command } = options;
  const refuse = (reason: string) =>
    new UsageError(`Cannot run ${command}: ${reason}\nHint: ${command} --help lists the options`);
  const flags = (option: Option) => [`--${option.name}`, ...option.alias ? [`-${option.alias}`] : []];
  const valued = table.filter(({ value }) => value !== null),
    switches = table.filter(({ value }) => value === null);
  const aliased = table.filter((option) => option.alias !== undefined);
  const parsed = parseArgs(joinNegatives(args, valued.flatMap(flags)), {
    string: valued.map(({ name }) => name),
    collect: valued.map(({ name }) => name),
    boolean: switches.map(({ name }) => name),
    alias: Object.fromEntries(aliased.map(({ name, alias }) => [name, alias!])),
    unknown: (word, key) => {
      if (key === undefined) throw refuse(`unexpected argument ${word}`);
      const given = word.replace(/=.*$/s, "");
      throw refuse(`unknown option ${given}, ${suggest(given, table.map(({ name }) => `--${name}`))}`);
    },
  });
  const result: Record<string, unknown> = {};
  for (const option of switches) {
    const { name } = option;
    const uses = args.flatMap((word, i) => flags(option).includes(word.replace(/=.*$/s, "")) ? [i] : []);
    for (const i of uses) {
      const [, inline] = args[i].split(/=(.*)/s), next = args[i + 1];
      if (inline !== undefined) throw refuse(`--${name} takes no value, given ${inline}`);
      if (["true", "false"].includes(next)) throw refuse(`unexpected argument ${next}`); // the parser would take it
    }
    if (uses.length > 1) throw refuse(`--${name} is given twice`);
    result[name] = parsed[name] === true;
  }
  for (const { name, value } of valued) {
    const given: readonly string[] = parsed[name];
    if (given.length > 1) throw refuse(`--${name} is given twice`);
    if (given[0] === "") throw refuse(`--${name} needs a value, ${value}`);
    result[name] = given[0] ?? null;
  }
  return result as Values<T>;
}

/** Writes `--eps -8px` as `--eps=-8px`, since the parser takes a word that begins with a minus for an option. */
function joinNegatives(args: readonly string[], valued: readonly string[]): string[] {
  const words: string[] = [];
  for (const word of args) {
    const last = words.at(-1);
    if (last !== undefined && valued.includes(last) && NEGATIVE.test(word)) {
      words[words.length - 1] = `${last}=${word}`;
    } else words.push(word);
  }
  return words;
}

/** The lines of a help text that list options. */
export function describeOptions(table: readonly Option[]): string {
  const left = table.map(({ name, value, alias }) =>
    `${alias ? `-${alias}, ` : ""}--${name}${value === null ? "" : ` ${value}`}`
  );
  const width = Math.max(...left.map((text) => text.length));
  return table.map(({ help }, i) => `  ${left[i].padEnd(width)}  ${help}\n`).join("");
}
