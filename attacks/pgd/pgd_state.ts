/** PGD's progress through a set, and how it is kept. */

import type { Checkpoint } from "../../engine/files/checkpoint.ts";
import { getTensor, type HostTensor } from "../../engine/files/safetensors.ts";

/** What is known so far, [n] each, zeros after the first `done` images. */
export interface PgdProgress {
  /** Images that are finished, the first ones of the set. */
  done: number;
  readonly clean: Uint8Array<ArrayBuffer>;
  readonly robust: Uint8Array<ArrayBuffer>;
  readonly perturbation: Float32Array<ArrayBuffer>;
  readonly diagnostics: Uint8Array<ArrayBuffer>;
}

/** Packs progress for a file. The tensors are views: they change as the attack proceeds. */
export function packPgd({ done, clean, robust, perturbation, diagnostics }: PgdProgress): Checkpoint {
  const shape = [clean.length];
  const tensors = new Map<string, HostTensor>([
    ["clean", { dtype: "U8", shape, data: clean }],
    ["robust", { dtype: "U8", shape, data: robust }],
    ["perturbation", { dtype: "F32", shape, data: perturbation }],
    ["diagnostics", { dtype: "U8", shape, data: diagnostics }],
  ]);
  return { tensors, state: { done } };
}

/**
 * Unpacks what {@linkcode packPgd} packed.
 *
 * @param count Images in the set.
 * @throws {SyntaxError} If it is not PGD's progress.
 * @throws {RangeError} If it belongs to a set of another size.
 */
export function unpackPgd({ tensors, state }: Checkpoint, count: number): PgdProgress {
  const { done } = (state ?? {}) as { readonly done?: unknown };
  if (!Number.isInteger(done) || (done as number) < 0 || (done as number) > count) {
    throw new SyntaxError(
      `Cannot resume PGD: the number of finished images must be from 0 to ${count}, got ${done}`,
    );
  }
  const file = { tensors: new Map(tensors), metadata: {}, path: "PGD's state" }, shape = [count];
  return {
    done: done as number,
    clean: getTensor(file, "clean", { dtype: "U8", shape }).data,
    robust: getTensor(file, "robust", { dtype: "U8", shape }).data,
    perturbation: getTensor(file, "perturbation", { dtype: "F32", shape }).data,
    diagnostics: getTensor(file, "diagnostics", { dtype: "U8", shape }).data,
  };
}
