import { suggest } from "./nearest.ts";
import { UsageError } from "./usage_error.ts";

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
  const given = new Map<string, string | true>();
  for (let i = 0; i < args.length; i++) {
    const [, key, inline] = /^(--?[^=]+)(?:=(.*))?$/s.exec(args[i]) ?? [];
    if (key === undefined) throw refuse(`unexpected argument ${args[i]}`);
    const option = table.find(({ name, alias }) => key === `--${name}` || key === `-${alias}`);
    if (option === undefined) {
      throw refuse(`unknown option ${key}, ${suggest(key, table.map(({ name }) => `--${name}`))}`);
    }
    const { name, value } = option;
    if (given.has(name)) throw refuse(`--${name} is given twice`);
    if (value === null) {
      if (inline !== undefined) throw refuse(`--${name} takes no value, given ${inline}`);
      given.set(name, true);
      continue;
    }
    const next = args[i + 1];
    const isNext = inline === undefined && next !== undefined &&
      (!next.startsWith("-") || NEGATIVE.test(next));
    const text = isNext ? next : inline ?? "";
    if (text === "") throw refuse(`--${name} needs a value, ${value}`);
    given.set(name, text);
    if (isNext) i++;
  }
  const values = table.map(({ name, value }) => [name, given.get(name) ?? (value === null ? false : null)]);
  return Object.fromEntries(values) as Values<T>;
}

/** The lines of a help text that list options. */
export function describeOptions(table: readonly Option[]): string {
  const left = table.map(({ name, value, alias }) =>
    `${alias ? `-${alias}, ` : ""}--${name}${value === null ? "" : ` ${value}`}`
  );
  const width = Math.max(...left.map((text) => text.length));
  return table.map(({ help }, i) => `  ${left[i].padEnd(width)}  ${help}\n`).join("");
}
