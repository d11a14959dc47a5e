/** Networks as readers see them: training, probe and attack together. */
import type { CellRecord, Metric } from "./cell_record.ts";

/** The fields that a cell's record and a network share. */
export type CellView = Omit<CellRecord, "schema" | "version" | "runId" | "reusedFrom" | "key" | "inputs">;

/**
 * A trained network with its probe and its attack. No file holds it: it is made of the records of its parts, and says what
 * they say together.
 */
export interface NetworkView extends CellView {
  readonly kind: "train";
  /** The records it is made of, its training first. */
  readonly parts: readonly CellRecord[];
}

/**
 * Puts the records of each network together: its training with its probe and its attack, found by name
 * (`<network>/probe`, `<network>/attack`). Metrics, checks, warnings, artifacts and configuration are those of all parts;
 * times and operations are added up; the largest memory counts; the first part that did not succeed decides on status
 * and reason. Other records stay as they are, and so does a part without its network.
 */
export function joinParts(records: readonly CellRecord[]): (NetworkView | CellRecord)[] {
  const networks = new Map(
    records.filter(({ kind }) => kind === "train").map((record) => [record.cell, [record]]),
  );
  return records.flatMap((record): (NetworkView | CellRecord)[] => {
    const network = networkOf(record);
    if (network === null || !networks.has(network)) return [record];
    networks.get(network)!.push(record);
    return [];
  }).map((record) => record.kind === "train" ? join(networks.get(record.cell)!) : record);
}

/** The name of the network that a probe or an attack is part of; null for other cells. */
export function networkOf({ kind, cell }: Pick<CellRecord, "kind" | "cell">): string | null {
  return kind === "probe" || kind === "attack" ? cell.slice(0, cell.lastIndexOf("/")) : null;
}

function join(parts: readonly CellRecord[]): NetworkView {
  const {
    schema: _schema,
    version: _version,
    runId: _runId,
    reusedFrom: _reusedFrom,
    key: _key,
    inputs: _inputs,
    ...own
  } = parts[0];
  return parts.slice(1).reduce(withPart, { ...own, kind: "train", parts });
}

function withPart(network: NetworkView, part: CellRecord): NetworkView {
  const worst = isDone(network) && !isDone(part) ? part : network;
  const reason = worst === part && part.reason !== null ? `its ${part.kind}: ${part.reason}` : network.reason;
  return {
    ...network,
    config: { ...network.config, ...part.config },
    durationMs: network.durationMs + part.durationMs,
    status: worst.status,
    reason,
    variants: { ...network.variants, ...part.variants },
    timings: [...network.timings, ...part.timings],
    metrics: joinMetrics(network.metrics, part.metrics),
    checks: [...network.checks, ...part.checks],
    warnings: [...network.warnings, ...part.warnings.filter((text) => !network.warnings.includes(text))],
    artifacts: [...network.artifacts, ...part.artifacts],
  };
}

function isDone({ status }: CellView): boolean {
  return status === "ok" || status === "quick";
}

type Metrics = Readonly<Record<string, Metric>>;

function joinMetrics(a: Metrics, b: Metrics): Metrics {
  const joined: Record<string, Metric> = { ...a, ...b };
  if (a.flops && b.flops) joined.flops = { ...a.flops, value: a.flops.value + b.flops.value };
  if (a.peakBytes && b.peakBytes) {
    joined.peakBytes = { ...a.peakBytes, value: Math.max(a.peakBytes.value, b.peakBytes.value) };
  }
  return joined;
}
