/** The words after `bench` and `bench plan`. */
import { BACKEND_OPTION } from "./adapter/backend_option.ts";
import { CHOICES_OPTION } from "./adapter/choices_option.ts";
import { JOBS_OPTION } from "./jobs/jobs_option.ts";
import type { Option, Values } from "./terminal/options.ts";
import { UsageError } from "../common/usage_error.ts";
import { MAX_SEEDS } from "./config/preset_schema.ts";
import { VECTOR_WIDTH_OPTION } from "./adapter/vector_width.ts";

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
  {
    name: "reuse",
    value: "RUN[,RUN...]",
    help: "run folders whose finished cells are taken over, where they are what would be computed",
  },
  JOBS_OPTION,
  BACKEND_OPTION,
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

/** Parsed options of `bench`: texts as typed, null where absent. */
export type BenchOptions = Values<typeof BENCH_OPTIONS>;

/**
 * Reads `--reuse`: run folders with commas between.
 *
 * @throws {UsageError} If one of the names is empty.
 */
export function parseReuse(text: string | null): string[] {
  const paths = text === null ? [] : text.split(",").map((path) => path.trim());
  if (!paths.includes("")) return paths;
  throw new UsageError(`Cannot read --reuse: expected run folders with commas between, given ${text}`);
}

/**
 * Reads a list of seeds: numbers and ranges with both ends, "0,1,2" or "0..4" or "0,5..7".
 *
 * @throws {UsageError} If it is anything else, names a seed twice, one above 2^53 - 1, or more than 1000 of them.
 */
export function parseSeeds(text: string): number[] {
  const refuse = (reason: string) => new UsageError(`Cannot read --seeds: ${reason}, given ${text}`);
  const seeds: number[] = [];
  for (const part of text.split(",")) {
    const match = /^\s*(\d+)(?:\.\.(\d+))?\s*$/.exec(part);
    if (match === null) throw refuse("must be integers such as 0,1,2 or a range such as 0..4");
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first) throw refuse(`the range ${part.trim()} runs backwards`);
    if (seeds.length + last - first >= MAX_SEEDS) throw refuse(`at most ${MAX_SEEDS} seeds can be named`);
    if (!Number.isSafeInteger(last)) throw refuse(`a seed is at most ${Number.MAX_SAFE_INTEGER}`);
    for (let seed = first; seed <= last; seed++) seeds.push(seed);
  }
  if (new Set(seeds).size < seeds.length) throw refuse("a seed is named twice");
  return seeds;
}
