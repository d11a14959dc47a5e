import { assertEquals, assertGreater } from "@std/assert";
import type { Gpu } from "../device.ts";
import { record } from "../graph.ts";
import type { Kernel, LowerContext, OpDef } from "../op.ts";
import { Program } from "../program.ts";
import { stream } from "../random.ts";
import { f32, type Shape, sizeOf } from "../shape.ts";
import { type HostData, Variable } from "../tensor.ts";
import { assertSameBits } from "../testing/compare.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release } from "../variables.ts";
import { conv2dOp, convGradInputOp, convGradWeightsOp } from "./conv2d.ts";
import { forwardKernel, gradInputKernels, gradWeightsKernels } from "./conv2d_kernels.ts";
import { convSizes } from "./conv2d_sizes.ts";
import { forwardTiles, gradInputTiles, gradWeightsTiles } from "./conv2d_tiles.ts";

/** Sizes that no tile divides, and one that all do. */
const SHAPES: { x: Shape; w: Shape; stride: number; padding: number }[] = [
  { x: [2, 9, 19, 10], w: [13, 3, 3, 10], stride: 1, padding: 1 },
  { x: [2, 9, 35, 10], w: [13, 3, 3, 10], stride: 2, padding: 1 },
  { x: [1, 7, 18, 3], w: [9, 3, 3, 3], stride: 1, padding: 1 },
  { x: [1, 7, 34, 6], w: [10, 1, 1, 6], stride: 2, padding: 0 },
  { x: [1, 8, 16, 8], w: [8, 3, 3, 8], stride: 1, padding: 1 },
];

const variable = (shape: Shape, seed: number) => {
  const data = new Float32Array(sizeOf(shape));
  stream(seed, "tiles").fillNormal(0, data);
  return new Variable("v", f32(...shape), data);
};

/** What an operation computes with each of several ways to lower it. */
async function computeAll(
  gpu: Gpu,
  { op, inputs, attrs, lowers }: {
    op: OpDef;
    inputs: Shape[];
    attrs: Record<string, unknown>;
    lowers: ((context: LowerContext<Record<string, unknown>>) => Kernel[])[];
  },
): Promise<HostData[]> {
  const variables = inputs.map(variable);
  const found: HostData[] = [];
  for (const lower of lowers) {
    const program = await Program.compile(gpu, op.name, () => ({
      out: record({ ...op, lower }, variables, attrs)[0],
    }));
    program.run();
    found.push(await program.read("out"));
    program.dispose();
  }
  release(gpu, variables);
  return found;
}

gpuTest("forwardTiles() and its likes all give the same bits", async (gpu) => {
  for (const { x, w, stride, padding } of SHAPES) {
    const sizes = convSizes(x, w, { stride, padding });
    const y = [sizes.N, sizes.OH, sizes.OW, sizes.O];
    const attrs = { stride, padding };
    const runs: Record<string, HostData[]> = {
      y: await computeAll(gpu, {
        op: conv2dOp as unknown as OpDef,
        inputs: [x, w],
        attrs,
        lowers: forwardTiles(sizes).map((tile) => ({ inputs: [x, w], outputs: [y], textures }) => [
          forwardKernel({ x, w, bias: undefined, y, sizes, textures, tile }),
        ]),
      }),
      dx: await computeAll(gpu, {
        op: convGradInputOp as unknown as OpDef,
        inputs: [y, w],
        attrs: { ...attrs, shape: x },
        lowers: gradInputTiles(sizes).map((tile) => ({ inputs: [dy, w], outputs: [dx], ...rest }) =>
          gradInputKernels({ ...rest, dy, w, dx, sizes, tile })
        ),
      }),
      dw: await computeAll(gpu, {
        op: convGradWeightsOp as unknown as OpDef,
        inputs: [x, y],
        attrs: { ...attrs, shape: w },
        lowers: gradWeightsTiles(sizes).map((tile) => ({ inputs: [x, dy], outputs: [dw], ...rest }) =>
          gradWeightsKernels({ ...rest, x, dy, dw, sizes, tile })
        ),
      }),
    };
    for (const [name, [first, ...others]] of Object.entries(runs)) {
      assertGreater(others.length, 0, `${name} of [${x}] has one tile`);
      others.forEach((found, i) => assertSameBits(`${name} of [${x}], tile ${i + 1}`, found, first));
    }
  }
}, "texture");

Deno.test("forwardTiles() offers no tile of more than the image", () => {
  const sizes = convSizes([8, 1, 1, 64], [64, 1, 1, 64], { stride: 1, padding: 0 });
  assertEquals(forwardTiles(sizes), [{ name: "1x1x8", rows: 1, columns: 1, outputs: 8 }]);
  assertEquals(gradInputTiles(sizes), forwardTiles(sizes));
});

Deno.test("gradWeightsTiles() offers tiles with different names", () => {
  const names = gradWeightsTiles(convSizes([8, 4, 4, 64], [64, 3, 3, 64], { stride: 1, padding: 1 }))
    .map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
});
