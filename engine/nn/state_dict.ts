/** State dicts as they are found in the wild. */

import type { HostTensor } from "../safetensors.ts";

/** Prefixes that wrappers put before every name: PyTorch's `DataParallel`, and classes that hold a network. */
const PREFIXES = ["module.", "model."] as const;

/** A state dict under the names that the networks here have. */
export interface PlainStateDict {
  readonly tensors: Map<string, HostTensor>;
  /** What was taken off every name: "module.", "module.model."; "" for nothing. */
  readonly prefix: string;
  /** Counters that were not there and are taken as 0; they influence no score. */
  readonly added: readonly string[];
}

/**
 * Takes `module.` and `model.` off the names, where all of them carry it, and adds BatchNorm's counter
 * `num_batches_tracked` (I64, 0) beside each `running_mean` that lacks it, as files older than PyTorch 0.4.1 do. The
 * counter is read in training only.
 */
export function plainStateDict(tensors: ReadonlyMap<string, HostTensor>): PlainStateDict {
  let names = [...tensors.keys()], prefix = "";
  const values = [...tensors.values()];
  for (;;) {
    const found = PREFIXES.find((one) => names.length > 0 && names.every((name) => name.startsWith(one)));
    if (found === undefined) break;
    names = names.map((name) => name.slice(found.length));
    prefix += found;
  }
  const plain = new Map(names.map((name, i) => [name, values[i]]));
  const added = names.filter((name) => name.endsWith(".running_mean"))
    .map((name) => name.replace(/running_mean$/, "num_batches_tracked"))
    .filter((name) => !plain.has(name));
  for (const name of added) plain.set(name, { dtype: "I64", shape: [], data: BigInt64Array.of(0n) });
  return { tensors: plain, prefix, added };
}
