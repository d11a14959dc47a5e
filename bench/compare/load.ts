/** Records to compare, read from files. */

import { parsePeersRecord } from "../peers/parse_record.ts";
import { PEERS_SCHEMA } from "../peers/record.ts";
import type { PerfRecord } from "../perf/record.ts";
import { parsePerfRecord } from "../perf/parse_record.ts";
import { PERF_SCHEMA } from "../perf/record.ts";
import type { MachineInfo } from "../schema.ts";
import { UsageError } from "../usage_error.ts";
import { type ComparedMetric, peersMetrics, perfMetrics } from "./metrics.ts";

/** What of a record is compared. */
export interface Compared {
  readonly path: string;
  readonly schema: string;
  readonly startedAt: string;
  readonly commit: string | null;
  readonly machine: MachineInfo;
  readonly deno: string;
  readonly kernelVariant: string;
  readonly metrics: readonly ComparedMetric[];
}

type AnyRecord = Pick<PerfRecord, "startedAt" | "commit" | "machine" | "runtime" | "kernelVariant">;

/** How each kind of record is read. */
const READERS: Readonly<Record<string, (json: unknown) => [AnyRecord, ComparedMetric[]]>> = {
  [PERF_SCHEMA]: (json) => {
    const record = parsePerfRecord(json);
    return [record, perfMetrics(record)];
  },
  [PEERS_SCHEMA]: (json) => {
    const record = parsePeersRecord(json);
    return [record, peersMetrics(record)];
  },
};

/** @throws {UsageError} If there is no such file, or it holds no record of a known kind. */
export async function loadCompared(path: string): Promise<Compared> {
  const refuse = (reason: string, cause?: unknown) =>
    new UsageError(`Cannot compare ${path}: ${reason}`, { cause });
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    throw refuse(cause instanceof Deno.errors.NotFound ? "no such file" : (cause as Error).message, cause);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw refuse("it is not JSON", cause);
  }
  const schema = schemaOf(json);
  const read = READERS[schema];
  if (read === undefined) {
    throw refuse(`its schema is ${schema || "missing"}, known are ${Object.keys(READERS).join(", ")}`);
  }
  try {
    const [{ startedAt, commit, machine, runtime, kernelVariant }, metrics] = read(json);
    return { path, schema, startedAt, commit, machine, deno: runtime.deno, kernelVariant, metrics };
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw refuse(cause.message, cause);
  }
}

function schemaOf(json: unknown): string {
  const schema = typeof json === "object" && json !== null
    ? (json as { schema?: unknown }).schema
    : undefined;
  return typeof schema === "string" ? schema : "";
}

/** What of the two machines differs that decides times; empty where the records are of one class. */
export function differences(base: Compared, head: Compared): string[] {
  const features: [string, (of: Compared) => string | number][] = [
    ["processor", ({ machine }) => machine.cpu],
    ["cores", ({ machine }) => machine.cores],
    ["system", ({ machine }) => machine.os],
    [
      "adapter",
      ({ machine: { adapter } }) =>
        [adapter.vendor, adapter.architecture, adapter.device, adapter.description].filter(Boolean).join(" "),
    ],
  ];
  return features.filter(([, of]) => of(base) !== of(head)).map(([name, of]) =>
    `${name} ${of(base)} and ${of(head)}`
  );
}
