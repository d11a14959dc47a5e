/** NaN and infinity go through every operation of a network's forward pass to its logits, whatever a compiler assumes. */

import { assert, assertEquals } from "@std/assert";
import type { Gpu } from "../device/device.ts";
import { Program } from "../program/program.ts";
import { f32, type Shape, sizeOf, u32 } from "../arrays/shape.ts";
import { type Tensor, type Value, Variable } from "../graph/tensor.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";
import { addRelu } from "./add_relu.ts";
import { batchNorm } from "./batch_norm.ts";
import { channelAffine } from "./channel_affine.ts";
import { conv2d } from "./conv2d.ts";
import { correct } from "./correct.ts";
import { crossEntropy } from "./cross_entropy.ts";
import { exampleNorm } from "./example_norm.ts";
import { gelu } from "./gelu.ts";
import { groupNorm } from "./group_norm.ts";
import { l2Normalize } from "./l2_normalize.ts";
import { layerNorm } from "./layer_norm.ts";
import { avgPool2d, globalAvgPool, maxPool2d } from "./pool2d.ts";
import { relu } from "./relu.ts";
import { silu } from "./silu.ts";
import { logSoftmax, softmax } from "./softmax.ts";

/** NaN with either sign, as processors and GPUs make it. */
const NANS = [0x7fc00000, 0xffc00000, 0x7f800001];

const ones = (name: string, ...shape: number[]) =>
  new Variable(name, f32(...shape), new Float32Array(sizeOf(shape)).fill(1));
const scale = ones("scale", 4), bias = ones("bias", 4), kernel = ones("kernel", 4, 3, 3, 4);
const norm = () => ({ beta: bias, eps: 1e-5 });

const OPERATIONS: readonly (readonly [string, (x: Value) => Tensor])[] = [
  ["relu", relu],
  ["addRelu", (x) => addRelu(x, x)],
  ["silu", silu],
  ["gelu", (x) => gelu(x)],
  ["gelu by tanh", (x) => gelu(x, { approximate: "tanh" })],
  ["channelAffine with relu", (x) => channelAffine(x, scale, { offset: bias, relu: true })],
  ["batchNorm with relu", (x) => batchNorm(x, scale, { ...norm(), relu: true })],
  ["groupNorm", (x) => groupNorm(x, scale, { ...norm(), groups: 2 })],
  ["layerNorm", (x) => layerNorm(x, scale, norm())],
  ["maxPool2d", (x) => maxPool2d(x, { kernel: 2 })],
  ["avgPool2d", (x) => avgPool2d(x, { kernel: 2 })],
  ["globalAvgPool", globalAvgPool],
  ["conv2d", (x) => conv2d(x, kernel, { padding: 1 })],
  ["l2Normalize", l2Normalize],
  ["softmax", softmax],
  ["logSoftmax", logSoftmax],
  ["exampleNorm L2", (x) => exampleNorm(x, "L2")],
  ["exampleNorm Linf", (x) => exampleNorm(x, "Linf")],
];

async function compute(gpu: Gpu, build: () => Tensor): Promise<Float32Array> {
  const program = await Program.compile(gpu, "not a number", () => ({ out: build() }));
  program.run();
  const out = await program.read("out") as Float32Array;
  program.dispose();
  return out;
}

function inputWith(bits: number, at: number, shape: Shape): Variable {
  const data = new Float32Array(sizeOf(shape)).map((_, i) => Math.sin(i + 1));
  new Uint32Array(data.buffer)[at] = bits;
  return new Variable("x", f32(...shape), data);
}

gpuTest("every operation of a forward pass lets NaN through", async (gpu) => {
  const lost: string[] = [];
  for (const [name, apply] of OPERATIONS) {
    for (const bits of NANS) {
      for (const at of [0, 21]) {
        const x = inputWith(bits, at, [1, 4, 4, 4]);
        const out = await compute(gpu, () => apply(x));
        if (!out.some(Number.isNaN)) lost.push(`${name} of ${bits.toString(16)} at ${at}`);
        release(gpu, [x]);
      }
    }
  }
  assertEquals(lost, []);
  release(gpu, [scale, bias, kernel]);
});

gpuTest(
  "correct() counts no example whose logits are not finite, and crossEntropy() is not finite there",
  async (gpu) => {
    const odd = [...NANS, 0x7f800000, 0xff800000];
    for (const bits of odd) {
      for (const at of [0, 3, 9]) {
        const data = Float32Array.from({ length: 20 }, (_, i) => i % 10 === 2 ? 5 : 0);
        new Uint32Array(data.buffer)[at] = bits;
        const logits = new Variable("logits", f32(2, 10), data);
        for (const label of [0, 2, at]) {
          const labels = new Variable("labels", u32(2), Uint32Array.of(label, 2));
          const name = `${bits.toString(16)} at ${at}, label ${label}`;
          assertEquals([...await compute(gpu, () => correct(logits, labels))], [0, 1], name);
          const [loss] = await compute(gpu, () => crossEntropy(logits, labels));
          if (bits !== 0xff800000) assert(!Number.isFinite(loss), name);
          release(gpu, [labels]);
        }
        release(gpu, [logits]);
      }
    }
  },
);
