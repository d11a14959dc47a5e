/** Proposals for many grey examples at one iteration, for tests of how windows and signs are distributed. */

import type { Gpu } from "../../engine/device/device.ts";
import { Program } from "../../engine/program/program.ts";
import { stream } from "../../common/random.ts";
import { f32, u32 } from "../../engine/arrays/shape.ts";
import { type Tensor, Variable } from "../../engine/graph/tensor.ts";
import { release } from "../../engine/graph/variables.ts";
import type { ProposeAttrs, ProposeInputs } from "./proposal.ts";

/** Examples in a sample. */
export const COUNT = 2000;
/** Size of the images, neither side a multiple of a window's. */
export const HEIGHT = 9;
export const WIDTH = 11;
/** Side of the windows. */
export const SIDE = 3;
/** Perturbations of these images stay within [0, 1]. */
export const EPS = 0.125;

/** What is proposed for images of 0.5 whose best perturbation is `delta` everywhere, less the images: [n, H, W, 3]. */
export async function proposeForGrey(
  gpu: Gpu,
  { iteration, run = 0, delta = 0, propose }: {
    iteration: number;
    run?: number;
    delta?: number;
    propose: (inputs: ProposeInputs, attrs: ProposeAttrs) => Tensor;
  },
): Promise<Float32Array> {
  const shape = [COUNT, HEIGHT, WIDTH, 3], size = COUNT * HEIGHT * WIDTH * 3;
  const slots = Uint32Array.from({ length: 4 * COUNT }, (_, i) => [0, run, iteration, 0][i % 4]);
  const inputs = {
    origin: new Variable("origin", f32(...shape), new Float32Array(size).fill(0.5)),
    best: new Variable("best", f32(...shape), new Float32Array(size).fill(0.5 + delta)),
    slot: new Variable("slot", u32(COUNT, 4), slots),
    examples: new Variable("examples", u32(COUNT), Uint32Array.from({ length: COUNT }, (_, i) => i)),
  };
  const { key } = stream(11, "square test");
  const attrs = { eps: EPS, levels: [{ from: 0, side: SIDE }], iterations: 101, key };
  const program = await Program.compile(gpu, "propose", () => ({ proposal: propose(inputs, attrs) }));
  program.run();
  const found = await program.read("proposal") as Float32Array;
  program.dispose();
  release(gpu, Object.values(inputs));
  return found.map((v) => v - 0.5);
}

/** One example's perturbation, at a row, column and channel. */
export function at(found: Float32Array, b: number): (i: number, j: number, c: number) => number {
  return (i, j, c) => found[((b * HEIGHT + i) * WIDTH + j) * 3 + c];
}

/** Rows and columns of the pixels of an example for which `test` holds of the first channel. */
export function pixelsWhere(
  found: Float32Array,
  { example, test }: { example: number; test: (value: number) => boolean },
): { rows: number[]; columns: number[] } {
  const value = at(found, example);
  const rows: number[] = [], columns: number[] = [];
  for (let i = 0; i < HEIGHT; i++) {
    for (let j = 0; j < WIDTH; j++) {
      if (!test(value(i, j, 0))) continue;
      rows.push(i);
      columns.push(j);
    }
  }
  return { rows, columns };
}

/** Throws unless each of 0 .. n-1, and nothing else, occurs about equally often: within 5 standard deviations. */
export function assertUniform(label: string, values: readonly number[], n: number): void {
  const counts = new Array<number>(n).fill(0);
  for (const v of values) {
    if (!(v in counts)) throw new Error(`${label}: ${v} is not below ${n}`);
    counts[v]++;
  }
  const mean = values.length / n, allowed = 5 * Math.sqrt(mean * (1 - 1 / n));
  if (counts.some((c) => Math.abs(c - mean) > allowed)) {
    throw new Error(`${label}: not uniform, ${counts.join(" ")} of ${values.length}`);
  }
}
