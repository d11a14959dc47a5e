/** Keys of cells: what a cell computes, in one hash. Equal keys mean equal bits. */
import type { CellDescription } from "./cell.ts";
import { CodeBase } from "./code_hash.ts";
import { configHash, PROJECT_ROOT } from "./env.ts";
import { recordedConfig, withoutLabels } from "./record.ts";
import type { CellRecord } from "./schema.ts";

/** The entry module of each kind of cell: what it imports is the cell's code. */
export const CELL_ENTRIES: Readonly<Record<CellDescription["kind"], string>> = {
  train: "bench/cells/train.ts",
  construct: "bench/cells/construct.ts",
  probe: "bench/cells/probe.ts",
  attack: "bench/cells/attack_cell.ts",
};

/** What opens the device is part of every cell's code. */
const COMMON_ENTRY = "engine/device.ts";

/** The hash of the code of each kind of cell. */
export type CodeHashes = Readonly<Record<CellDescription["kind"], string>>;

/** What a cell's key is made of, beside what the cell says itself. */
export interface KeyContext {
  readonly code: CodeHashes;
  readonly dataset: CellRecord["dataset"];
  /** The adapter's name: other adapters round otherwise. */
  readonly adapter: string;
  readonly kernelVariant: string;
}

/** A cell's key, and what it is made of. */
export interface CellKey {
  readonly key: string;
  /** Hash of the code. */
  readonly code: string;
  /** Keys of the cells that it needs, by their names. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** The code of each kind of cell, as it lies in a project folder. */
export async function codeHashes(root: URL = PROJECT_ROOT): Promise<CodeHashes> {
  const base = new CodeBase(root);
  const kinds = Object.keys(CELL_ENTRIES) as CellDescription["kind"][];
  const hashes = await Promise.all(
    kinds.map(async (kind) => [kind, await base.hashOf(CELL_ENTRIES[kind], COMMON_ENTRY)] as const),
  );
  return Object.fromEntries(hashes) as CodeHashes;
}

/**
 * The key of each cell by its name: a hash of kind, seed, complete configuration, data, device, code, and the keys of its
 * inputs.
 *
 * @param cells Each behind its inputs.
 * @throws {RangeError} If two cells have one name, or an input does not stand before its cell.
 */
export async function keysOf(
  cells: readonly CellDescription[],
  context: KeyContext,
): Promise<Map<string, CellKey>> {
  const keys = new Map<string, CellKey>();
  for (const cell of cells) {
    if (keys.has(cell.name)) throw new RangeError(`Cannot plan: two cells have one name, ${cell.name}`);
    const inputs: Record<string, string> = {};
    for (const name of cell.inputs) {
      const input = keys.get(name);
      if (input === undefined) {
        throw new RangeError(`Cannot plan ${cell.name}: its input does not stand before it, ${name}`);
      }
      inputs[name] = input.key;
    }
    const code = context.code[cell.kind];
    const key = await configHash({
      kind: cell.kind,
      seed: cell.seed,
      // What differs in kind for a paradigm stands in its settings; its name says which they are.
      paradigm: cell.paradigm,
      featureSet: cell.featureSet,
      config: withoutLabels(recordedConfig(cell)),
      dataset: context.dataset.sha256,
      adapter: context.adapter,
      kernelVariant: context.kernelVariant,
      code,
      inputs: cell.inputs.map((name) => inputs[name]),
    });
    keys.set(cell.name, { key, code, inputs });
  }
  return keys;
}
