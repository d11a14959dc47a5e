/** Outputs of a finished cell, loaded from its files: for a resumed run. */
import { type ConstructionManifest, parseConstruction } from "../../datasets/constructed.ts";
import type { ImageSet } from "../../datasets/types.ts";
import { parseSafetensors } from "../../engine/files/safetensors.ts";
import type { CellDescription } from "../plan/cell.ts";
import type { CellRecord } from "../records/mod.ts";
import { readFileOf } from "./artifact_file.ts";
import type { Snapshot, TrainedNetwork } from "./network.ts";
import type { HeadTensors } from "./probe_head.ts";

/** Settings of {@linkcode restoreOutput}. */
export interface RestoreOptions {
  /** The run folder. */
  readonly runDir: string;
}

/**
 * The output of a finished cell: of a train cell the network, of a construct cell the set, of a probe cell the head, as
 * these cells put them into `context.outputs`. Every file is checked against the hash in the record first.
 *
 * @throws {RangeError} If the record names no such file, or the file is absent or not the one that it names.
 */
export async function restoreOutput(
  cell: CellDescription,
  record: CellRecord,
  options: RestoreOptions,
): Promise<TrainedNetwork | ImageSet | HeadTensors> {
  if (cell.kind === "train") {
    const { bytes, path, sha256 } = await readArtifact(record, "weights", options);
    const { tensors } = parseSafetensors(bytes, { path });
    return { weights: tensors, sha256, snapshots: await snapshotsOf(record, options) };
  }
  if (cell.kind === "probe") {
    const { bytes, path } = await readArtifact(record, "probe", options);
    return parseSafetensors(bytes, { path }).tensors;
  }
  const manifest = await readArtifact(record, "manifest", options);
  const set = await readArtifact(record, "feature-set", options);
  return parseConstruction(set.bytes, {
    path: set.path,
    manifest: JSON.parse(new TextDecoder().decode(manifest.bytes)) as ConstructionManifest,
  });
}

/** The weights that were kept in the course of the training; each file is there and what the record says. */
async function snapshotsOf(record: CellRecord, options: RestoreOptions): Promise<Snapshot[]> {
  const kept = record.artifacts.filter(({ kind }) => kind === "snapshot");
  const snapshots = await Promise.all(kept.map(async (artifact): Promise<Snapshot> => {
    await readFileOf(record.cell, artifact, options);
    return { epoch: Number(/epoch-(\d+)\.safetensors$/.exec(artifact.path)?.[1]), artifact };
  }));
  return snapshots.sort((a, b) => a.epoch - b.epoch);
}

async function readArtifact(record: CellRecord, kind: string, options: RestoreOptions) {
  const artifact = record.artifacts.find((artifact) => artifact.kind === kind);
  if (artifact === undefined) {
    throw new RangeError(`Cannot restore ${record.cell}: its record names no ${kind}`);
  }
  return await readFileOf(record.cell, artifact, options);
}
