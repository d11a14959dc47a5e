import { readFileOf } from "./artifact_file.ts";
import type { Snapshot } from "./network.ts";

/**
 * Why the snapshots that a stopped training left cannot be used; null if each file is there and is the one that was
 * written. A training that went on without would name files in its record that are not there.
 */
export async function snapshotFault(
  cell: string,
  snapshots: readonly Snapshot[],
  options: { readonly runDir: string },
): Promise<string | null> {
  try {
    for (const { artifact } of snapshots) await readFileOf(cell, artifact, options);
    return null;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}
