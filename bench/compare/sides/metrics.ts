/** The comparable numbers of a record, by name. */
import type { AttackRecord } from "../../records/attack_record.ts";
import type { PeersRecord } from "../../records/peers_record.ts";
import type { PerfRecord } from "../../records/perf_record.ts";
import type { CellRecord } from "../../records/mod.ts";
import type { Measurement } from "./source.ts";

const plain = { images: null, outcomes: null } as const;

/** Ceilings, kernels, training and attack steps, starts and device memory of a performance record. */
export function perfMetrics({ ceilings, kernels, training, attacks, start }: PerfRecord): Measurement[] {
  const times = (part: string, list: readonly { name: string; samplesMs: readonly number[] }[]) =>
    list.map(({ name, samplesMs }) => time(`${part} / ${name}`, { unit: "ms", samples: samplesMs }));
  const starts = start === null ? [] : (["cold", "second", "warm"] as const).map((kind) => ({
    name: kind,
    samplesMs: start[kind].map(({ totalMs }) => totalMs),
  }));
  return [
    ...ceilings.map(({ name, unit, samples }) => time(`ceilings / ${name}`, { unit, samples })),
    ...times("kernels", kernels),
    ...times("training", training),
    ...times("attacks", attacks),
    ...times("start", starts),
    ...training.map(({ name, peakBytes }) => memory(`peak memory / ${name}`, peakBytes)),
  ].filter(({ samples }) => samples.length > 0);
}

/** Every framework on every workload that it could run; a change of this engine changes the rows of this engine. */
export function peersMetrics({ rows }: PeersRecord): Measurement[] {
  return rows.filter(({ samplesMs }) => samplesMs.length > 0).map(({ workload, framework, samplesMs }) =>
    time(`${workload} / ${framework}`, { unit: "ms", samples: samplesMs })
  );
}

/** The judged accuracies of a cell, and the tensor of single outcomes behind each. */
const ACCURACIES: Readonly<Record<string, string | null>> = {
  probeAccuracy: null,
  cleanAccuracy: "clean",
  robustAccuracy: "pgd",
  autoAttackAccuracy: "autoattack",
};

/** Accuracies, rates and device memory of a cell. */
export function cellMetrics(record: CellRecord, runDir: string | null): Measurement[] {
  const file = record.artifacts.find(({ kind }) => kind === "outcomes");
  const found: Measurement[] = [];
  for (const [name, tensor] of Object.entries(ACCURACIES)) {
    const metric = record.metrics[name];
    if (metric === undefined) continue;
    const outcomes = runDir === null || file === undefined || tensor === null
      ? null
      : { path: `${runDir}/${file.path}`, sha256: file.sha256, tensor };
    const images = imagesOf(record.config, name);
    found.push({ ...accuracy(name, metric.value), images, outcomes });
  }
  for (const [name, { value, unit }] of Object.entries(record.metrics)) {
    if (/^(s|ms|us|ns)$|\/s$/.test(unit) && value > 0) found.push(time(name, { unit, samples: [value] }));
    if (unit === "bytes") found.push(memory(name, value));
  }
  return found;
}

/** Clean and robust accuracy of an evaluation, and its duration. */
export function attackMetrics({ asked, configuration, artifacts }: AttackRecord, dir: string): Measurement[] {
  const file = artifacts.find(({ path }) => path.endsWith(".safetensors") && !path.includes("reference"));
  const outcomes = (tensor: string) =>
    file === undefined ? null : { path: `${dir}/${file.path}`, sha256: file.sha256, tensor };
  const images = configuration.data.n;
  return [
    { ...accuracy("cleanAccuracy", asked.cleanAccuracy), images, outcomes: outcomes("clean") },
    { ...accuracy("robustAccuracy", asked.robustAccuracy), images, outcomes: outcomes("robust") },
    ...(asked.seconds > 0 ? [time("seconds", { unit: "s", samples: [asked.seconds] })] : []),
  ];
}

function imagesOf(config: Readonly<Record<string, unknown>>, name: string): number | null {
  const inside = (value: unknown, key: string) =>
    typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  const count = name === "autoAttackAccuracy"
    ? inside(inside(config.evaluation, "autoAttack"), "images")
    : inside(config.dataset, "testSize");
  return typeof count === "number" && count > 0 ? count : null;
}

function accuracy(name: string, value: number): Measurement {
  return { name, kind: "accuracy", unit: "fraction", better: "more", samples: [value], ...plain };
}

/** Of a rate more is better, of a duration less. */
function time(name: string, { unit, samples }: { unit: string; samples: readonly number[] }): Measurement {
  const better = unit.endsWith("/s") ? "more" : "less";
  return { name, kind: "time", unit, better, samples, ...plain };
}

function memory(name: string, bytes: number): Measurement {
  return { name, kind: "memory", unit: "bytes", better: "less", samples: [bytes], ...plain };
}
