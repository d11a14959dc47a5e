import { assertEquals, assertGreater } from "@std/assert";
import type { Gpu } from "../device/device.ts";
import { record, trace } from "../graph/graph.ts";
import type { Attrs, OpDef } from "../graph/op.ts";
import { Program } from "../program/program.ts";
import { stream } from "../../common/random.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32, type Shape, sizeOf } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { assertClose, assertSameBits } from "../testing/compare.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";
import { conv2dOp, convGradWeightsOp } from "./conv2d.ts";
import {
  sharedForwardKernel,
  sharedForwardTiles,
  sharedGradWeightsKernels,
  sharedGradWeightsTiles,
  type SharedTile,
} from "./conv2d_shared.ts";
import { convSizes } from "./conv2d_sizes.ts";

const tile = (rows: number, columns: number): SharedTile => ({ name: `${rows}x${columns}`, rows, columns });
const FORWARD = [tile(64, 64), tile(128, 32), tile(128, 64), tile(128, 128)];
const GRAD_WEIGHTS = [tile(64, 64), tile(32, 128), tile(128, 64), tile(128, 128)];

/** Shapes off the tiles in pixels, channels and steps. */
const CASES: { name: string; x: Shape; w: Shape; stride: number; padding: number; bias: boolean }[] = [
  { name: "one element", x: [1, 1, 1, 1], w: [1, 1, 1, 1], stride: 1, padding: 0, bias: true },
  { name: "3x3, odd", x: [2, 5, 7, 6], w: [37, 3, 3, 6], stride: 1, padding: 1, bias: true },
  { name: "3x3, stride 2", x: [3, 9, 8, 9], w: [70, 3, 3, 9], stride: 2, padding: 1, bias: false },
  { name: "1x1", x: [1, 12, 11, 10], w: [20, 1, 1, 10], stride: 1, padding: 0, bias: false },
  { name: "2x3 kernel, wide padding", x: [1, 4, 5, 3], w: [9, 2, 3, 3], stride: 1, padding: 2, bias: false },
];

function normal(name: string, shape: Shape): Variable {
  const data = new Float32Array(sizeOf(shape));
  stream(3, name).fillNormal(0, data);
  return new Variable(name, f32(...shape), data);
}

async function compute<A extends Attrs>(
  gpu: Gpu,
  { op, inputs, attrs }: { op: OpDef<A>; inputs: readonly Variable[]; attrs: A },
): Promise<Float32Array> {
  const program = await Program.compile(gpu, op.name, () => ({ y: record(op, [...inputs], attrs)[0] }));
  program.run();
  const found = await program.read("y") as Float32Array;
  program.dispose();
  return found;
}

function reference<A extends Attrs>(op: OpDef<A>, inputs: readonly Variable[], attrs: A): Float64Array {
  const { graph, result } = trace(() => record(op, [...inputs], attrs)[0]);
  return evaluateReference(graph, [result])[0].data;
}

gpuTest("sharedForwardKernel() gives the bits of the plain kernel", async (gpu) => {
  for (const { name, x, w, stride, padding, bias } of CASES) {
    const attrs = { stride, padding };
    const inputs = [normal("x", x), normal("w", w), ...(bias ? [normal("bias", [w[0]])] : [])];
    const plain = await compute(gpu, { op: { ...conv2dOp, variants: undefined }, inputs, attrs });
    assertClose(name, plain, { expected: reference(conv2dOp, inputs, attrs), atol: 1e-4, rtol: 1e-4 });
    for (const shared of FORWARD) {
      const op: typeof conv2dOp = {
        ...conv2dOp,
        variants: undefined,
        lower: ({ inputs: [x, w, bias], outputs: [y] }) => [
          sharedForwardKernel({ x, w, bias, y, sizes: convSizes(x.spec.shape, w.spec.shape, attrs) }, shared),
        ],
      };
      assertSameBits(`${name}, ${shared.name}`, await compute(gpu, { op, inputs, attrs }), plain);
    }
    release(gpu, inputs);
  }
}, "buffer");

gpuTest(
  "sharedGradWeightsKernels() gives the bits of the plain kernel, in parts of the same size",
  async (gpu) => {
    for (const { name, x, w, stride, padding } of CASES) {
      const attrs = { stride, padding, shape: w };
      const { N, OH, OW, O } = convSizes(x, w, attrs);
      const inputs = [normal("x", x), normal("dy", [N, OH, OW, O])];
      let rowsPerPart = 0;
      const plainOp: typeof convGradWeightsOp = {
        ...convGradWeightsOp,
        variants: undefined,
        lower: (context) => {
          const kernels = convGradWeightsOp.lower(context);
          rowsPerPart = Number(/const PART: u32 = (\d+)u/.exec(kernels[0].source)![1]);
          return kernels;
        },
      };
      const plain = await compute(gpu, { op: plainOp, inputs, attrs });
      assertGreater(rowsPerPart, 0);
      assertClose(name, plain, {
        expected: reference(convGradWeightsOp, inputs, attrs),
        atol: 1e-4,
        rtol: 1e-4,
      });
      for (const shared of GRAD_WEIGHTS) {
        for (const rows of shared.rows === 64 ? [rowsPerPart, N * OH] : [rowsPerPart]) {
          const op: typeof convGradWeightsOp = {
            ...convGradWeightsOp,
            variants: undefined,
            lower: ({ inputs: [x, dy], outputs: [dw], scratch }) => {
              const sizes = convSizes(x.spec.shape, w, attrs);
              return sharedGradWeightsKernels({ x, dy, dw, sizes, rowsPerPart: rows, scratch }, shared);
            },
          };
          const found = await compute(gpu, { op, inputs, attrs });
          if (rows === rowsPerPart) assertSameBits(`${name}, ${shared.name}`, found, plain);
          else assertClose(`${name}, one part`, found, { expected: plain, atol: 1e-4, rtol: 1e-4 });
        }
      }
      release(gpu, inputs);
    }
  },
  "buffer",
);

Deno.test("sharedForwardTiles() offers none where most of a tile would be empty", () => {
  const sizes = convSizes([64, 32, 32, 32], [64, 3, 3, 32], { stride: 1, padding: 1 });
  assertEquals(sharedForwardTiles(sizes)[0].name, "shared 64x64");
  assertEquals(sharedForwardTiles({ ...sizes, O: 32 })[0].name, "shared 128x32");
  assertEquals(sharedForwardTiles({ ...sizes, O: 512 })[0].name, "shared 128x128");
  assertEquals(sharedForwardTiles({ ...sizes, C: 3 }), []);
  assertEquals(sharedForwardTiles({ ...sizes, O: 3 }), []);
});

Deno.test("sharedGradWeightsTiles() follow the number of channels", () => {
  const sizes = convSizes([64, 32, 32, 32], [64, 3, 3, 32], { stride: 1, padding: 1 });
  assertEquals(sharedGradWeightsTiles(sizes)[0].name, "shared 64x64");
  assertEquals(sharedGradWeightsTiles({ ...sizes, O: 16 })[0].name, "shared 32x128");
  assertEquals(sharedGradWeightsTiles({ ...sizes, O: 8 }), []);
});
