/** Shared state of an evaluation. */

import type { Gpu } from "../../engine/device/device.ts";
import type { LogitsProgram } from "./classifier.ts";
import type { CascadeProgress, Identity } from "./state.ts";
import type { AutoAttackOptions } from "./types.ts";
import type { AttackRun, Examples } from "../evaluation/robustness_attack.ts";

/** An evaluation in progress. */
export interface Evaluation {
  readonly gpu: Gpu;
  /** With the number of slots: examples attacked at once. */
  readonly options: AutoAttackOptions & { readonly slots: number };
  readonly examples: Required<Examples>;
  readonly classifier: LogitsProgram;
  readonly progress: CascadeProgress;
  readonly run: AttackRun;
  readonly identity: Identity;
  /** Time of the last save, in ms since the process started. */
  savedAt: number;
}

/** The numbers of one image, a view. */
export function imageAt<A extends Float32Array>(images: A, position: number, count: number): A {
  const size = images.length / count;
  return images.subarray(position * size, (position + 1) * size) as A;
}

/** The images at some positions, concatenated. */
export function gather(images: Float32Array, positions: readonly number[], count: number): Float32Array {
  const size = images.length / count, out = new Float32Array(positions.length * size);
  positions.forEach((position, i) => out.set(imageAt(images, position, count), i * size));
  return out;
}
