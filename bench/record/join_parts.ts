/** Networks as readers see them: what was trained, probed and attacked, together. */
import type { CellRecord, Metric } from "../schema.ts";

/**
 * Puts the records of each network together: that of its training takes in those of its probe and its attack, found by
 * name (`<network>/probe`, `<network>/attack`). Of the parts, metrics, checks, warnings, artifacts and configuration
 * stand beside each other, times and work are added up, the largest memory counts, and the first part that did not
 * succeed decides on status and reason. Other records stay as they are; so does a part whose network is absent.
 */
export function joinParts(records: readonly CellRecord[]): CellRecord[] {
  const networks = new Set(records.filter(({ kind }) => kind === "train").map(({ benchmark }) => benchmark));
  const parts = new Map<string, CellRecord[]>();
  const others: CellRecord[] = [];
  for (const record of records) {
    const network = networkOf(record);
    if (network === null || !networks.has(network)) others.push(record);
    else parts.set(network, [...parts.get(network) ?? [], record]);
  }
  return others.map((record) => (parts.get(record.benchmark) ?? []).reduce(join, record));
}

/** The name of the network that a probe or an attack is part of; null for other cells. */
export function networkOf({ kind, benchmark }: Pick<CellRecord, "kind" | "benchmark">): string | null {
  return kind === "probe" || kind === "attack" ? benchmark.slice(0, benchmark.lastIndexOf("/")) : null;
}

function join(network: CellRecord, part: CellRecord): CellRecord {
  const worst = isDone(network) && !isDone(part) ? part : network;
  const reason = worst === part && part.reason !== null ? `its ${part.kind}: ${part.reason}` : network.reason;
  return {
    ...network,
    config: { ...network.config, ...part.config },
    durationMs: network.durationMs + part.durationMs,
    status: worst.status,
    reason,
    kernelChoices: { ...network.kernelChoices, ...part.kernelChoices },
    timings: [...network.timings ?? [], ...part.timings ?? []],
    metrics: joinMetrics(network.metrics, part.metrics),
    checks: [...network.checks, ...part.checks],
    warnings: [...network.warnings, ...part.warnings.filter((text) => !network.warnings.includes(text))],
    artifacts: [...network.artifacts, ...part.artifacts],
  };
}

function isDone({ status }: CellRecord): boolean {
  return status === "ok" || status === "quick";
}

function joinMetrics(
  a: Readonly<Record<string, Metric>>,
  b: Readonly<Record<string, Metric>>,
): Record<string, Metric> {
  const joined = { ...a, ...b };
  if (a.flops && b.flops) joined.flops = { ...a.flops, value: a.flops.value + b.flops.value };
  if (a.peakBytes && b.peakBytes) {
    joined.peakBytes = { ...a.peakBytes, value: Math.max(a.peakBytes.value, b.peakBytes.value) };
  }
  return joined;
}
