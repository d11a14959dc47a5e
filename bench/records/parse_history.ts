/** Reading of a history. Imports rules and types alone: reports use it through `bench/schema.ts`. */
import { type Fields, isObject } from "../../common/is_object.ts";
import {
  list,
  number,
  object,
  oneOf,
  optional,
  orNull,
  type Rule,
  rule,
  shown,
  text,
  time,
} from "./field_rules.ts";
import { HISTORY_SCHEMA, HISTORY_VERSION, type HistoryEntry } from "./history_line.ts";

/** What a file holds. */
export interface History {
  /** By time, the oldest first; entries of one time as in the file. */
  readonly entries: readonly HistoryEntry[];
  /** Lines that could not be used. */
  readonly problems: readonly HistoryProblem[];
}

/** A line that could not be used. */
export interface HistoryProblem {
  /** From 1. */
  readonly line: number;
  readonly reason: string;
  /** The line's text. */
  readonly text: string;
}

/**
 * Reads the lines of a history. A line that is cut off or broken is named and left out. Lines may stand in any order: a
 * run can be added long after it was made.
 *
 * @throws {SyntaxError} If a line is of a later version: it cannot be known what it means.
 */
export function parseHistory(content: string): History {
  const entries: HistoryEntry[] = [], problems: HistoryProblem[] = [];
  const lines = content.split("\n");
  for (const [i, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const number = i + 1, last = i === lines.length - 1;
    const found = parseLine(line, number);
    if (typeof found === "string") {
      const reason = last ? `it is cut off, ${found}` : found;
      problems.push({ line: number, reason, text: line });
      continue;
    }
    entries.push(found);
  }
  entries.sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  return { entries, problems };
}

/** The entry, or why there is none. */
function parseLine(line: string, number: number): HistoryEntry | string {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return "it is not JSON";
  }
  if (!isObject(json)) return "it is not a JSON object";
  if (json.schema !== HISTORY_SCHEMA) return `schema is not ${HISTORY_SCHEMA}, got ${shown(json.schema)}`;
  if (Number(json.version) > HISTORY_VERSION) {
    throw new SyntaxError(
      `Cannot read history: line ${number} is of version ${json.version}, known is ${HISTORY_VERSION}\n` +
        "Hint: use the version of this program that wrote it, or a later one",
    );
  }
  if (json.version !== HISTORY_VERSION) {
    return `version is ${shown(json.version)}, known is ${HISTORY_VERSION}`;
  }
  const faults = FIELDS.flatMap(([name, check]) => check((json as Fields)[name], name));
  return faults.length > 0 ? faults.slice(0, 3).join("; ") : json as unknown as HistoryEntry;
}

const interval = rule(
  (value) => Array.isArray(value) && value.length === 2 && value.every(Number.isFinite),
  "two numbers",
);
const samples = rule(
  (value) => Array.isArray(value) && value.length > 0 && value.every(Number.isFinite),
  "a list of numbers",
);

const FIELDS: readonly (readonly [string, Rule])[] = [
  ["time", time],
  ["kind", oneOf("cells", "perf", "peers", "attack")],
  ["preset", text],
  ["commit", orNull(text)],
  ["otherCommits", optional(list(orNull(text)))],
  ["deno", text],
  ["machine", object({ cpu: text, cores: number, os: text, adapter: text })],
  ["kernelVariant", text],
  ["jobs", orNull(number)],
  ["data", text],
  ["recordVersion", number],
  ["configs", object({})],
  ["undone", list(text)],
  [
    "metrics",
    list(object({
      cell: text,
      name: text,
      kind: oneOf("accuracy", "time", "memory"),
      unit: text,
      better: oneOf("less", "more"),
      images: orNull(number),
      value: number,
      sd: orNull(number),
      n: number,
      interval: orNull(interval),
      statistic: text,
      values: list(object({ seed: orNull(number), samples })),
    })),
  ],
];
