/** What a finished cell put into the outputs, loaded again from its files: for a run that goes on. */
import { type ConstructionManifest, readConstruction } from "../../datasets/constructed.ts";
import type { ImageSet } from "../../datasets/types.ts";
import { parseSafetensors } from "../../engine/safetensors.ts";
import type { CellDescription } from "../cell.ts";
import type { CellRecord } from "../schema.ts";
import { sha256Hex } from "../sha256.ts";
import type { TrainedNetwork } from "./network.ts";

/** What {@linkcode restoreOutput} needs to know beside the cell. */
export interface RestoreOptions {
  /** The run folder. */
  readonly runDir: string;
}

/**
 * The output of a finished cell: of a train cell the network, of a construct cell the set, as these cells put them into
 * `context.outputs`. Every file is checked against the hash in the record first.
 *
 * @throws {RangeError} If the record names no such file, or the file is absent or not the one that it names.
 */
export async function restoreOutput(
  cell: CellDescription,
  record: CellRecord,
  options: RestoreOptions,
): Promise<TrainedNetwork | ImageSet> {
  if (cell.kind === "train") {
    const { bytes, path, sha256 } = await readArtifact(record, "weights", options);
    return { weights: parseSafetensors(bytes, { path }).tensors, sha256 };
  }
  const manifest = await readArtifact(record, "manifest", options);
  const set = await readArtifact(record, "feature-set", options);
  return await readConstruction(
    set.path,
    JSON.parse(new TextDecoder().decode(manifest.bytes)) as ConstructionManifest,
  );
}

async function readArtifact(record: CellRecord, kind: string, { runDir }: RestoreOptions) {
  const artifact = record.artifacts.find((artifact) => artifact.kind === kind);
  const what = `Cannot restore ${record.benchmark}`;
  if (artifact === undefined) throw new RangeError(`${what}: its record names no ${kind}`);
  const path = `${runDir}/${artifact.path}`;
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await Deno.readFile(path);
  } catch (cause) {
    throw new RangeError(`${what}: ${artifact.path} cannot be read, ${(cause as Error).message}`, { cause });
  }
  const found = await sha256Hex(bytes);
  if (found !== artifact.sha256) {
    throw new RangeError(
      `${what}: ${artifact.path} is not the file that its record names, sha256 ${found}, expected ${artifact.sha256}`,
    );
  }
  return { bytes, path, sha256: found };
}
