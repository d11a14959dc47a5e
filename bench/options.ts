import { parseArgs } from "@std/cli/parse-args";
import { CHOICES_OPTION } from "./choices_option.ts";
import { JOBS_OPTION } from "./jobs/jobs_option.ts";
import { suggest } from "./nearest.ts";
import { UsageError } from "./usage_error.ts";
import { VECTOR_WIDTH_OPTION } from "./vector_width.ts";

/** One option of a command: parser, help text and defaults come from here. */
export interface Option {
  readonly name: string;
  /** What its value is called in the help; null for a switch. */
  readonly value: string | null;
  readonly help: string;
  readonly alias?: string;
}

/** Options of `bench`. */
export const BENCH_OPTIONS = [
  {
    name: "preset",
    value: "NAME|FILE",
    help: "what to run: a preset that comes along, or a YAML file [quick]",
  },
  { name: "data", value: "DIR", help: "folder of the images, for presets on real data" },
  { name: "seeds", value: "LIST", help: "seeds such as 0,1,2 or 0..4 [those of the preset]" },
  { name: "out", value: "DIR", help: "run folder, without a run in it [runs/PRESET-TIME]" },
  { name: "resume", value: null, help: "go on with the stopped run in --out; start it where there is none" },
  JOBS_OPTION,
  CHOICES_OPTION,
  VECTOR_WIDTH_OPTION,
  { name: "quiet", value: null, help: "show no progress" },
  { name: "json", value: null, help: "print the records as JSON instead of a table" },
  { name: "events", value: null, help: "print what happens as JSON lines instead, the result last" },
  { name: "help", value: null, help: "show this", alias: "h" },
] as const satisfies readonly Option[];

/** Options of `bench plan`. */
export const PLAN_OPTIONS = [
  ...BENCH_OPTIONS.filter(({ name }) => !["out", "resume", "events", "help"].includes(name)) as Exclude<
    typeof BENCH_OPTIONS[number],
    { name: "out" | "resume" | "events" | "help" }
  >[],
  { name: "out", value: "DIR", help: "run folder: say which cells are done there, stale and why, or to do" },
  { name: "states", value: null, help: "say only that, without rehearsing what the rest would cost" },
  { name: "help", value: null, help: "show this", alias: "h" },
] as const satisfies readonly Option[];

type Values<T extends readonly Option[]> = {
  readonly [O in T[number] as O["name"]]: O["value"] extends null ? boolean : string | null;
};

/** Parsed options of `bench`: texts as typed, null where absent. */
export type BenchOptions = Values<typeof BENCH_OPTIONS>;

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

/**
 * Reads a list of seeds: numbers and ranges with both ends, "0,1,2" or "0..4" or "0,5..7".
 *
 * @throws {UsageError} If it is anything else, names a seed twice, or more than 1000 of them.
 */
export function parseSeeds(text: string): number[] {
  const refuse = (reason: string) => new UsageError(`Cannot read --seeds: ${reason}, given ${text}`);
  const seeds: number[] = [];
  for (const part of text.split(",")) {
    const match = /^\s*(\d{1,9})(?:\.\.(\d{1,9}))?\s*$/.exec(part);
    if (match === null) throw refuse("must be integers such as 0,1,2 or a range such as 0..4");
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first) throw refuse(`the range ${part.trim()} runs backwards`);
    if (seeds.length + last - first >= 1000) throw refuse("more than 1000 seeds");
    for (let seed = first; seed <= last; seed++) seeds.push(seed);
  }
  if (new Set(seeds).size < seeds.length) throw refuse("a seed is named twice");
  return seeds;
}
