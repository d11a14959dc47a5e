import { parseArgs } from "@std/cli/parse-args";
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

/**
 * Parses the words after a command against its options.
 *
 * @param options.command For errors: "deno task bench".
 * @throws {UsageError} If an option is unknown, lacks its value, or a word is not an option.
 */
export function parseOptions<const T extends readonly Option[]>(
  args: readonly string[],
  options: { table: T; command: string },
): Values<T> {
  const { table, command } = options;
  const names = table.map(({ name }) => `--${name}`);
  const aliases = table.filter((option) => option.alias !== undefined);
  const hint = `Hint: ${command} --help lists the options`;
  const parsed = parseArgs(args, {
    string: table.filter(({ value }) => value !== null).map(({ name }) => name),
    boolean: table.filter(({ value }) => value === null).map(({ name }) => name),
    alias: Object.fromEntries(aliases.map(({ name, alias }) => [name, alias!])),
    unknown: (word, key) => {
      if (key === undefined) {
        throw new UsageError(`Cannot run ${command}: unexpected argument ${word}\n${hint}`);
      }
      const given = word.replace(/=.*$/s, "");
      throw new UsageError(
        `Cannot run ${command}: unknown option ${given}, ${suggest(given, names)}\n${hint}`,
      );
    },
  });
  const result: Record<string, unknown> = {};
  for (const { name, value } of table) {
    const given = parsed[name];
    if (value !== null && given === "") {
      throw new UsageError(`Cannot run ${command}: --${name} needs a value, ${value}\n${hint}`);
    }
    result[name] = value === null ? given === true : given ?? null;
  }
  return result as Values<T>;
}

/** The lines of a help text that list options. */
export function describeOptions(table: readonly Option[]): string {
  const left = table.map(({ name, value, alias }) =>
    `${alias ? `-${alias}, ` : ""}--${name}${value === null ? "" : ` ${value}`}`
  );
  const width = Math.max(...left.map((text) => text.length));
  return table.map(({ help }, i) => `  ${left[i].padEnd(width)}  ${help}\n`).join("");
}
