/** How tensors share dispatches: a small one costs less to compute than to start. */

/** Bindings of one kernel at most, whatever the device offers: its shader has a branch for each tensor. */
const MAX_BINDINGS = 32;
/** vec4s of a group at most: beyond, a dispatch of its own costs less than the branches that it saves. */
export const MAX_VEC4S = 2048;

/**
 * How many items a kernel can take that bind some buffers each, beside one buffer for all of them; at least one.
 *
 * @param storageBuffers What the device offers to one kernel.
 */
export function itemsPerKernel(storageBuffers: number, { each }: { readonly each: number }): number {
  return Math.max(1, Math.floor((Math.min(storageBuffers, MAX_BINDINGS) - 1) / each));
}

/** Bounds of a group. */
export interface GroupBounds<T> {
  /** Items of a group. */
  readonly max: number;
  /** Sum of the sizes in a group, unless one alone exceeds it. */
  readonly maxSize: number;
  readonly sizeOf: (item: T) => number;
}

/**
 * Items in groups within bounds: each goes to the first group that has room for it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { groupUpTo } from "./optim_groups.ts";
 *
 * const groups = groupUpTo([1, 2, 9, 3, 1, 1, 1], { max: 3, maxSize: 5, sizeOf: (item) => item });
 * assertEquals(groups, [[1, 2, 1], [9], [3, 1, 1]]);
 * ```
 */
export function groupUpTo<T>(items: readonly T[], { max, maxSize, sizeOf }: GroupBounds<T>): T[][] {
  const groups: { items: T[]; size: number }[] = [];
  for (const item of items) {
    const size = sizeOf(item);
    const group = groups.find((g) => g.items.length < max && g.size + size <= maxSize);
    if (group === undefined) groups.push({ items: [item], size });
    else {
      group.items.push(item);
      group.size += size;
    }
  }
  return groups.map((group) => group.items);
}
