/** Grouping of small tensors into shared dispatches: a small one costs less to compute than to launch. */

/** Maximum number of bindings of one kernel, whatever the device offers: its shader has a branch for each tensor. */
const MAX_BINDINGS = 32;
/** Maximum vec4s of a group: beyond, a dispatch of its own costs less than the branches that it saves. */
export const MAX_VEC4S = 2048;

/**
 * Items per kernel, given the buffers that each binds and one shared buffer; at least one.
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
 * Groups items within bounds: each joins the first group that has room for it.
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
