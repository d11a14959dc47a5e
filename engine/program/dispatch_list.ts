/**
 * Debug output: the dispatches of a program.
 *
 * @module
 */
import { type Debug, DEBUG_LEVELS } from "../device/debug.ts";
import type { Item } from "./bind.ts";

/**
 * Prints one line per dispatch or copy, in order, and at level 4 the WGSL of each kernel.
 *
 * @param program.sources WGSL of each dispatch, in order.
 */
export function printDispatches(
  { level, write }: Debug,
  { label, items, workspaceBytes, sources }: {
    label: string;
    items: readonly Item[];
    workspaceBytes: number;
    sources: readonly string[];
  },
): void {
  const dispatches = items.filter((item) => "pipeline" in item).length;
  const lines = [
    `program "${label}": ${dispatches} dispatches, ${items.length - dispatches} copies to textures, ` +
    `${(workspaceBytes / 2 ** 20).toFixed(1)} MiB`,
    ...table(items.map((item) => describe(item, level))),
  ];
  if (level >= DEBUG_LEVELS.wgsl) {
    let at = 0;
    for (const item of items) {
      if ("pipeline" in item) lines.push(`WGSL of "${item.label}" in "${label}":`, sources[at++]);
    }
  }
  write(lines.map((line) => line + "\n").join(""));
}

function describe(item: Item, level: number): string[] {
  const once = item.once ? "first run only" : "";
  if (!("pipeline" in item)) return ["copy to texture", "", `${item.sizeBytes} bytes`, once];
  const { op, variant = "", label, workgroups } = item;
  const columns = [label, op, workgroups.join(" x ")];
  return level >= DEBUG_LEVELS.variants ? [...columns, variant, once] : [...columns, once];
}

/** Rows as lines, their columns aligned at the left. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, k) => widths[k] = Math.max(widths[k] ?? 0, cell.length));
  }
  return rows.map((row) => `  ${row.map((cell, k) => cell.padEnd(widths[k])).join("  ")}`.trimEnd());
}
