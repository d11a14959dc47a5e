/** What a construct cell keeps while it runs: the images that are done, and what they took. */

import type { ConstructionPart } from "../../datasets/construct.ts";
import type { Checkpoint, Json } from "../../engine/files/checkpoint.ts";
import { getTensor, type HostTensor } from "../../engine/files/safetensors.ts";
import type { Work } from "../record/phases.ts";

/** What the checkpoint holds. */
export interface ConstructState {
  readonly part: ConstructionPart;
  readonly work: Work;
}

/** Packs it for the file. */
export function packConstruction({ part: { images, judgements }, work }: ConstructState): Checkpoint {
  const row = (data: Float32Array<ArrayBuffer>): HostTensor => ({ dtype: "F32", shape: [data.length], data });
  return {
    tensors: new Map([
      ["images", row(images)],
      ...Object.entries(judgements).map(([name, data]) => [`judgement/${name}`, row(data)] as const),
    ]),
    state: { judgements: Object.keys(judgements), work } as unknown as Json,
  };
}

/**
 * Unpacks what {@linkcode packConstruction} packed.
 *
 * @throws {RangeError} If something is missing.
 */
export function unpackConstruction({ tensors, state }: Checkpoint): ConstructState {
  const { judgements, work } = state as unknown as { judgements: readonly string[]; work: Work };
  const file = { tensors: new Map(tensors), metadata: {}, path: "the checkpoint" };
  const row = (name: string) => getTensor(file, name, { dtype: "F32" }).data;
  const columns = judgements.map((name) => [name, row(`judgement/${name}`)]);
  return { part: { images: row("images"), judgements: Object.fromEntries(columns) }, work };
}
