/** The inputs of all workloads, the same values on every machine. */

import { stream } from "../../common/random.ts";
import type { InputArray, Inputs } from "./input_file.ts";
import { createPeerBatch, createPeerModel, PEER_NETWORK } from "./workload.ts";
import { MATMUL_SIDE } from "./workloads.ts";

/**
 * Batch and initial weights of the training step, and uniform random operands in [-1, 1) of the matrix product and
 * the convolution. Laid out as this engine's: images [N, H, W, C], weights [O, KH, KW, C] and [out, in]; labels
 * are numbers 0, 1, ...
 */
export function makeInputs(): Inputs {
  const { batchSize, size } = PEER_NETWORK;
  const { images, labels } = createPeerBatch();
  return new Map<string, InputArray>([
    ["images", { shape: [batchSize, size, size, 3], data: new Float32Array(images) }],
    ["labels", { shape: [batchSize], data: Float32Array.from(labels) }],
    ...createPeerModel().parameters.map(({ name, shape, initial }) =>
      [name, { shape, data: new Float32Array(initial) }] as const
    ),
    ["matmul.a", uniform("matmul.a", [MATMUL_SIDE, MATMUL_SIDE])],
    ["matmul.b", uniform("matmul.b", [MATMUL_SIDE, MATMUL_SIDE])],
    ["conv.x", uniform("conv.x", [64, 32, 32, 32])],
    ["conv.w", uniform("conv.w", [32, 3, 3, 32])],
  ]);
}

function uniform(name: string, shape: readonly number[]): InputArray {
  const size = shape.reduce((product, side) => product * side, 1);
  const data = stream(0, `peers ${name}`).fillUniform(0, new Float32Array(size));
  return { shape, data: data.map((value) => 2 * value - 1) as Float32Array<ArrayBuffer> };
}
