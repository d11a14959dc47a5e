/** Memory planning: each value gets a slot for its lifetime; slots are reused. */

/** Size of a value, and its first and last step, both included. */
export interface Lifetime<K> {
  readonly key: K;
  readonly sizeBytes: number;
  readonly from: number;
  readonly to: number;
}

/** Slot of each value and size of each slot. */
export interface MemoryPlan<K> {
  readonly slotOf: Map<K, number>;
  readonly slotBytes: number[];
}

/**
 * Greedy planning in order of first use: a value takes the free slot that wastes least, or grows the
 * largest free one, or opens a new one. Two values that live at the same step never share a slot.
 */
export function planMemory<K>(lifetimes: readonly Lifetime<K>[]): MemoryPlan<K> {
  const slotOf = new Map<K, number>();
  const slotBytes: number[] = [];
  const busyUntil: number[] = [];
  for (const { key, sizeBytes, from, to } of [...lifetimes].sort((a, b) => a.from - b.from)) {
    let best = -1;
    for (let s = 0; s < slotBytes.length; s++) {
      if (busyUntil[s] >= from) continue;
      if (best === -1 || better(slotBytes[s], slotBytes[best], sizeBytes)) best = s;
    }
    if (best === -1) best = slotBytes.push(0) - 1;
    slotBytes[best] = Math.max(slotBytes[best], sizeBytes);
    busyUntil[best] = to;
    slotOf.set(key, best);
  }
  return { slotOf, slotBytes };
}

/** Whether slot size `a` suits `need` better than `b`: the smallest that fits, else the largest. */
function better(a: number, b: number, need: number): boolean {
  if (a >= need && b >= need) return a < b;
  if (a < need && b < need) return a > b;
  return a >= need;
}
