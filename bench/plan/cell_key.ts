/** Keys of cells: what a cell computes, in one hash. Equal keys mean equal bits. */
import type { CellDescription } from "./cell.ts";
import { CodeBase } from "./code_hash.ts";
import { configHash, PROJECT_ROOT } from "../record/env.ts";
import { recordedConfig, withoutLabels } from "../record/record.ts";
import { adapterIdentity, type Surroundings } from "../adapter/surroundings.ts";
import { PARADIGMS } from "../../paradigms/registry.ts";
import type { CellRecord } from "../records/cell_record.ts";

/** The entry module of each kind of cell: what it imports is the cell's code. */
export const CELL_ENTRIES: Readonly<Record<CellDescription["kind"], string>> = {
  train: "bench/cells/train.ts",
  construct: "bench/cells/construct.ts",
  probe: "bench/cells/probe.ts",
  attack: "bench/cells/attack_cell.ts",
};

/** What opens the device is part of every cell's code. */
const COMMON_ENTRY = "engine/device/device.ts";

/** The list of paradigms: of the modules that it imports a cell uses its own paradigm's alone. */
const REGISTRY = "paradigms/registry.ts";

/** The hash of the code of each kind of cell, for each paradigm, by {@linkcode codeName}. */
export type CodeHashes = Readonly<Record<string, string>>;

/** The name of a cell's code: sets are extracted with networks of the first paradigm. */
export function codeName({ kind, paradigm }: Pick<CellRecord, "kind" | "paradigm">): string {
  return `${kind}/${paradigm ?? PARADIGMS[0].name}`;
}

/** Parts of a cell's key that the cell does not hold itself. */
export interface KeyContext extends Surroundings {
  readonly code: CodeHashes;
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
  const hashes = kinds.flatMap((kind) =>
    PARADIGMS.map(async ({ name: paradigm, module }) => {
      const others = PARADIGMS.filter((other) => other.module !== module).map(({ module }) =>
        `paradigms/${module}`
      );
      const hash = await base.hashOf(
        [CELL_ENTRIES[kind], COMMON_ENTRY],
        ({ from, to }) => from === REGISTRY && others.includes(to),
      );
      return [codeName({ kind, paradigm }), hash] as const;
    })
  );
  return Object.fromEntries(await Promise.all(hashes));
}

/**
 * The key of each cell by its name: a hash of kind, seed, complete configuration, data, device, code, and the keys of its
 * inputs.
 *
 * @param cells Each behind its inputs.
 * @throws {RangeError} If two cells have one name, or an input does not stand before its cell.
 */
export function keysOf(
  cells: readonly CellDescription[],
  context: KeyContext,
): Map<string, CellKey> {
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
    const code = context.code[codeName(cell)];
    const key = keyOf({ ...cell, config: recordedConfig(cell), inputs }, { ...context, code });
    keys.set(cell.name, { key, code, inputs });
  }
  return keys;
}

/** The key that a cell had when its record was made, by what the record says of it. */
export function keyOfRecord(record: CellRecord): string {
  const { codeHash: code, inputs, machine, dataset, readPath } = record;
  const surroundings = { dataset, adapter: adapterIdentity(machine), readPath };
  return keyOf({ ...record, inputs }, { ...surroundings, code });
}

function keyOf(
  { kind, seed, paradigm, featureSet, config, inputs }:
    & Pick<CellRecord, "kind" | "seed" | "paradigm" | "featureSet">
    & { readonly config: Record<string, unknown>; readonly inputs: CellKey["inputs"] },
  { dataset, adapter, readPath, code }: Surroundings & Pick<CellKey, "code">,
): string {
  return configHash({
    kind,
    seed,
    // What differs in kind for a paradigm stands in its settings; its name says which they are.
    paradigm,
    featureSet,
    config: withoutLabels(config),
    dataset: dataset.sha256,
    adapter,
    kernelVariant: readPath, // its name in version 1, so that the keys of its records hold
    code,
    inputs: Object.values(inputs),
  });
}
