/** Records as a baseline keeps them, and the places where they hold. */
import { isSpeed } from "../../bench/record/canonical.ts";
import { adapterName } from "../../bench/record/env.ts";
import type { CellRecord, MachineInfo } from "../../bench/records/mod.ts";

/**
 * A record as a baseline keeps it: without times and speeds, which say nothing on another machine, files, and what else of
 * it is long and not compared.
 */
export function baselineRecord(record: CellRecord): CellRecord {
  const metrics = Object.entries(record.metrics).filter(([, metric]) => !isSpeed(metric));
  return {
    ...record,
    durationMs: 0,
    timings: [],
    variants: {},
    machine: { ...record.machine, adapter: { ...record.machine.adapter, features: [], limits: {} } },
    metrics: Object.fromEntries(metrics),
    checks: [],
    artifacts: [],
  };
}

/**
 * The adapters among which one baseline holds: a software driver in all its versions and widths, else one model of GPU; by
 * one backend, which records of earlier versions do not tell.
 */
export function adapterClass(adapter: MachineInfo["adapter"]): string {
  const name = adapterName(adapter);
  const [, software, backend = ""] = /^(llvmpipe|swiftshader)\b.*?( by \w+)?$/i.exec(name) ?? [];
  return software === undefined ? name : software.toLowerCase() + backend;
}

/**
 * Whether two records were computed in places where equal code gives equal bits: processor, adapter with its versions and
 * width, driver where both records know it, kernels, Deno. The number of cores decides no bits.
 */
export function samePlace(a: CellRecord, b: CellRecord): boolean {
  const place = ({ machine: { os, cpu, adapter }, readPath, runtime }: CellRecord) =>
    JSON.stringify([
      os,
      cpu,
      adapter.vendor,
      adapter.device,
      adapterName(adapter),
      readPath,
      runtime.deno,
    ]);
  const [one, other] = [a, b].map(({ machine }) => machine.driver ?? null);
  return place(a) === place(b) && (one === null || other === null || one === other);
}
