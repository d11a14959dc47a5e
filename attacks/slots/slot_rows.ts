/** The slots of an attack on the host: a row of each variable. */

import type { Gpu } from "../../engine/device/device.ts";
import { sizeOf } from "../../engine/arrays/shape.ts";
import type { HostData, Variable } from "../../engine/graph/tensor.ts";
import { read, write } from "../../engine/graph/variables.ts";
import { type SlotAttack, slotVariables } from "./slot_attack.ts";

/** Copies of all variables of an attack, by name; the slots in use come first. */
export type SlotRows = Map<string, HostData>;

/** Copies all variables from the device. */
export async function readSlots(gpu: Gpu, attack: SlotAttack): Promise<SlotRows> {
  const variables = slotVariables(attack);
  const values = await Promise.all(variables.map((variable) => read(gpu, variable)));
  return new Map(variables.map(({ name }, i) => [name, values[i]]));
}

/** Copies all variables back to the device. */
export function writeSlots(gpu: Gpu, attack: SlotAttack, rows: SlotRows): void {
  for (const variable of slotVariables(attack)) write(gpu, variable, rows.get(variable.name)!);
}

/** Numbers in a row of a variable. */
export function rowSize({ shape }: Variable): number {
  return sizeOf(shape.slice(1));
}

/** One row of one variable: a view into `rows`. */
export function rowOf<V extends HostData>(rows: SlotRows, variable: Variable, slot: number): V {
  const size = rowSize(variable);
  return rows.get(variable.name)!.subarray(slot * size, (slot + 1) * size) as V;
}

/** Moves the slots `kept`, in ascending order, to the front. */
export function packSlots(attack: SlotAttack, rows: SlotRows, kept: readonly number[]): void {
  for (const variable of slotVariables(attack)) {
    const values = rows.get(variable.name)!, size = rowSize(variable);
    kept.forEach((from, to) => {
      if (from !== to) values.copyWithin(to * size, from * size, (from + 1) * size);
    });
  }
}

/** An example for a free slot. */
export interface NewExample {
  readonly image: Float32Array;
  readonly label: number;
  readonly number: number;
  /** Target classes; empty if the attack is untargeted. */
  readonly targets: ArrayLike<number>;
}

/** Puts an example into a slot and sets all other variables to zero, so that its first run starts. */
export function fillSlot(
  attack: SlotAttack,
  rows: SlotRows,
  { slot, example }: { slot: number; example: NewExample },
): void {
  for (const variable of slotVariables(attack)) rowOf(rows, variable, slot).fill(0);
  const { origin, labels, examples, targets } = attack.inputs;
  rowOf(rows, origin, slot).set(example.image);
  rowOf(rows, labels, slot)[0] = example.label;
  rowOf(rows, examples, slot)[0] = example.number;
  rowOf(rows, targets, slot).set(example.targets);
}
