/** Normalises state dicts from other tools: names, counters, element types. */

import { float32Of, isFloat } from "../files/float_bits.ts";
import { printable } from "../../common/printable.ts";
import type { HostTensor, TensorInfo } from "../files/safetensors.ts";

/** Prefixes that wrappers put before every name: of PyTorch, and of classes that hold a network. */
const PREFIXES = ["module.", "_orig_mod.", "model.", "backbone.", "encoder.", "network.", "net."] as const;

/** Names that PyTorch's wrappers put anywhere within others: `torch.compile`, FSDP, activation checkpoints. */
const WRAPPERS = /(?<=^|\.)(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\./g;

/** BatchNorm's counter of batches, and that of averaged weights: no score needs them. */
const COUNTERS = /(?:^|\.)num_batches_tracked$|^n_averaged$/;

/** A state dict under this library's names. */
export interface PlainStateDict {
  readonly tensors: Map<string, HostTensor>;
  /** Prefix removed from every name: "module.", "module.model."; "" for nothing. */
  readonly prefix: string;
  /** Counters that were missing or malformed and count as 0; they influence no score. */
  readonly added: readonly string[];
  /** Element types converted to float32, with the number of tensors. */
  readonly converted: ReadonlyMap<HostTensor["dtype"], number>;
}

/**
 * A state dict as this library's networks read it:
 *
 * - Names of wrappers are removed: `module.`, `_orig_mod.`, `model.`, `backbone.`, `encoder.`, `network.` and `net.`
 *   where all names begin with them, `_orig_mod.` and its like anywhere.
 * - BatchNorm's counter `num_batches_tracked` is added as I64 and 0 for each `running_mean` that lacks it, as files older than
 *   PyTorch 0.4.1 do, or has one of another shape, element type or range. The counter is read in training only.
 * - Numbers in F16, BF16 and F64 become F32: exactly the first two, rounded the third.
 *
 * @throws {RangeError} If two names become one.
 */
export function plainStateDict(tensors: ReadonlyMap<string, HostTensor>): PlainStateDict {
  const { tensors: named, prefix } = withPlainNames(tensors);
  const converted = new Map<HostTensor["dtype"], number>(), plain = new Map<string, HostTensor>();
  for (const [name, tensor] of named) {
    if (COUNTERS.test(name)) continue;
    const data = float32Of(tensor);
    if (data === null) plain.set(name, tensor);
    else {
      plain.set(name, { dtype: "F32", shape: tensor.shape, data });
      converted.set(tensor.dtype, (converted.get(tensor.dtype) ?? 0) + 1);
    }
  }
  const added: string[] = [];
  for (const name of [...plain.keys()].filter((name) => name.endsWith("running_mean"))) {
    const counter = name.replace(/running_mean$/, "num_batches_tracked"), own = named.get(counter);
    const usable = own !== undefined && isCounter(own);
    if (!usable) added.push(counter);
    plain.set(counter, usable ? own : { dtype: "I64", shape: [], data: BigInt64Array.of(0n) });
  }
  return { tensors: plain, prefix, added, converted };
}

/**
 * What {@linkcode plainStateDict} would leave of a file whose header alone was read: names, types and shapes, without any
 * counter.
 *
 * @throws {RangeError} If two names become one.
 */
export function plainOutline(tensors: ReadonlyMap<string, TensorInfo>): Map<string, TensorInfo> {
  const named = [...withPlainNames(tensors).tensors].filter(([name]) => !COUNTERS.test(name));
  return new Map(
    named.map(([name, { dtype, shape }]) => [name, { dtype: isFloat(dtype) ? "F32" : dtype, shape }]),
  );
}

/** Removes wrappers from the names; `n_averaged` stands outside all of them. */
function withPlainNames<T>(tensors: ReadonlyMap<string, T>): { tensors: Map<string, T>; prefix: string } {
  const given = [...tensors].filter(([name]) => name !== "n_averaged");
  let names = given.map(([name]) => name), prefix = "";
  for (;;) {
    const found = PREFIXES.find((one) => names.length > 0 && names.every((name) => name.startsWith(one)));
    if (found === undefined) break;
    names = names.map((name) => name.slice(found.length));
    prefix += found;
  }
  const plain = new Map<string, T>();
  names.forEach((name, i) => {
    const short = name.replace(WRAPPERS, "");
    if (plain.has(short)) {
      const shown = `${printable(given[i][0], { max: 120 })} and another`;
      throw new RangeError(`Cannot load weights: two names become one without their wrappers, ${shown}`);
    }
    plain.set(short, given[i][1]);
  });
  return { tensors: plain, prefix };
}

function isCounter({ dtype, shape, data }: HostTensor): boolean {
  return dtype === "I64" && shape.length === 0 && data[0] >= 0n && data[0] < 2n ** 32n;
}
