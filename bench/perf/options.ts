/** The words after `bench perf`. */

import type { Backend } from "../../engine/device/backend.ts";
import { BACKEND_OPTION, parseBackend } from "../adapter/backend_option.ts";
import { type Choices, CHOICES_OPTION, parseChoices } from "../adapter/choices_option.ts";
import { suggest } from "../../common/nearest.ts";
import { type Option, parseOptions } from "../terminal/options.ts";
import { readCount } from "../terminal/read_count.ts";
import { UsageError } from "../../common/usage_error.ts";
import { VECTOR_WIDTH_OPTION } from "../adapter/vector_width.ts";
import { kernelCases, selectCases } from "./kernel_cases.ts";
import { type Part, PARTS } from "./measure.ts";

/** How the command is called in messages. */
export const PERF_COMMAND = "deno task bench perf";

/** Options of `bench perf`. */
export const PERF_OPTIONS = [
  { name: "out", value: "FILE", help: "where the record goes [runs/perf-TIME.json]" },
  { name: "parts", value: "LIST", help: `which of ${PARTS.join(",")} to measure [all but soak]` },
  {
    name: "only",
    value: "TEXT",
    help: "kernels whose name holds TEXT, and no part but ceilings and kernels",
  },
  { name: "samples", value: "N", help: "samples behind each number [5]" },
  { name: "sample-ms", value: "N", help: "how long one takes at least; four times that in training [150]" },
  { name: "starts", value: "N", help: "cold and warm starts, each in a process of its own [3]" },
  { name: "soak", value: "N", help: "also train N steps and fail if memory grows" },
  BACKEND_OPTION,
  CHOICES_OPTION,
  VECTOR_WIDTH_OPTION,
  { name: "json", value: null, help: "print the record as JSON instead of tables" },
  { name: "quiet", value: null, help: "show no progress" },
  { name: "help", value: null, help: "show this", alias: "h" },
] as const satisfies readonly Option[];

/** What the words ask for. */
export interface PerfOptions {
  readonly help: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  /** Null for a name made of the time. */
  readonly out: string | null;
  readonly parts: ReadonlySet<Part>;
  readonly only: string | null;
  readonly samples: number;
  readonly leastMs: number;
  readonly starts: number;
  readonly soakSteps: number;
  readonly choices: Choices;
  /** Null for the system's own. */
  readonly backend: Backend | null;
  /** As typed; null where it is left to the adapter. */
  readonly vectorWidth: string | null;
}

/** @throws {UsageError} If an option is unknown, no whole number from 1, or names no part or no kernel. */
export function parsePerfOptions(args: readonly string[]): PerfOptions {
  const given = parseOptions(args, { table: PERF_OPTIONS, command: PERF_COMMAND });
  const { help, json, quiet, out, only } = given;
  if (only !== null) checkPattern(only);
  const parts = given.parts === null ? defaultParts(only) : parseParts(given.parts);
  if (given.soak !== null) parts.add("soak");
  return {
    help,
    json,
    quiet,
    out,
    parts,
    only,
    samples: readCount(given.samples ?? "5", { command: PERF_COMMAND, name: "samples" }),
    leastMs: readCount(given["sample-ms"] ?? "150", { command: PERF_COMMAND, name: "sample-ms" }),
    starts: readCount(given.starts ?? "3", { command: PERF_COMMAND, name: "starts" }),
    soakSteps: readCount(given.soak ?? "2000", { command: PERF_COMMAND, name: "soak" }),
    choices: parseChoices(given.choices),
    backend: parseBackend(given.backend),
    vectorWidth: given["vector-width"],
  };
}

function defaultParts(only: string | null): Set<Part> {
  return new Set(only === null ? PARTS.filter((part) => part !== "soak") : ["ceilings", "kernels"]);
}

function parseParts(text: string): Set<Part> {
  return new Set(
    text.split(",").map((word) => {
      const part = PARTS.find((name) => name === word.trim());
      if (part !== undefined) return part;
      throw new UsageError(
        `Cannot run ${PERF_COMMAND}: unknown part ${word.trim()}, ${suggest(word.trim(), PARTS)}`,
      );
    }),
  );
}

function checkPattern(only: string): void {
  try {
    selectCases(kernelCases(), only);
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}
