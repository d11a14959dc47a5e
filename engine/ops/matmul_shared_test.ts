import { pinnedVariants } from "../autotune/variant_policy.ts";
import type { Gpu, ReadPath } from "../device/device.ts";
import { record, trace } from "../graph/graph.ts";
import type { OpDef } from "../graph/op.ts";
import { Program } from "../program/program.ts";
import { stream } from "../../common/random.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32, type Shape, sizeOf } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { assertClose, assertSameBits } from "../testing/compare.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";
import { linearOp } from "./linear.ts";
import { type MatmulAttrs, matmulOp } from "./matmul.ts";

const SHARED = ["shared 64x64", "shared 128x64", "shared 128x128"];
const OWN = ["8x4", "16x12"];

/** Every form at sizes off the tiles, batched, split, shared operands. */
const PRODUCTS: { name: string; a: Shape; b: Shape; attrs: MatmulAttrs }[] = [
  { name: "NN", a: [70, 37], b: [37, 131], attrs: { transposeA: false, transposeB: false } },
  { name: "NT", a: [70, 37], b: [131, 37], attrs: { transposeA: false, transposeB: true } },
  { name: "TN", a: [37, 70], b: [37, 131], attrs: { transposeA: true, transposeB: false } },
  { name: "TT", a: [37, 130], b: [71, 37], attrs: { transposeA: true, transposeB: true } },
  { name: "NT batched", a: [3, 17, 8], b: [3, 33, 8], attrs: { transposeA: false, transposeB: true } },
  { name: "NN shared a", a: [9, 5], b: [2, 5, 67], attrs: { transposeA: false, transposeB: false } },
  {
    name: "TN split",
    a: [2, 518, 7],
    b: [2, 518, 10],
    attrs: { transposeA: true, transposeB: false, sumBatch: true },
  },
  { name: "TT split", a: [1030, 6], b: [5, 1030], attrs: { transposeA: true, transposeB: true } },
];

/** An operation that offers the given variants, whatever the device. */
function offering<A extends Record<string, unknown>>(op: OpDef<A>, names: readonly string[]): OpDef<A> {
  return { ...op, variants: () => names };
}

function normal(name: string, shape: Shape): Variable {
  const data = new Float32Array(sizeOf(shape));
  stream(3, name).fillNormal(0, data);
  return new Variable(name, f32(...shape), data);
}

async function compute<A extends Record<string, unknown>>(
  gpu: Gpu,
  { op, inputs, attrs, variant }: { op: OpDef<A>; inputs: readonly Variable[]; attrs: A; variant: string },
): Promise<Float32Array> {
  const build = () => ({ c: record(op, [...inputs], attrs)[0] });
  const program = await Program.compile(gpu, op.name, build, {
    variantPolicy: pinnedVariants({ [op.name]: variant }),
  });
  program.run();
  const found = await program.read("c") as Float32Array;
  program.dispose();
  return found;
}

function check(readPath: ReadPath, names: readonly string[]): void {
  gpuTest(`matmul() gives the same bits with ${names.join(", ")}, ${readPath}`, async (gpu) => {
    const op = offering(matmulOp, ["8x8", ...names]);
    for (const { name, a, b, attrs } of PRODUCTS) {
      const inputs = [normal("a", a), normal("b", b)];
      const expected = await compute(gpu, { op, inputs, attrs, variant: "8x8" });
      const { graph, result } = trace(() => record(op, inputs, attrs)[0]);
      const [{ data }] = evaluateReference(graph, [result]);
      assertClose(name, expected, { expected: data, atol: 1e-4, rtol: 1e-4 });
      for (const variant of names) {
        const found = await compute(gpu, { op, inputs, attrs, variant });
        assertSameBits(`${name}, ${variant}`, found, expected);
      }
      release(gpu, inputs);
    }
  }, readPath);
}

check("buffer", SHARED);
check("texture", OWN);

gpuTest("linear() gives the same bits with shared tiles, bias included", async (gpu) => {
  const op = offering(linearOp, ["8x8", ...SHARED]);
  const inputs = [normal("x", [3, 31, 21]), normal("w", [70, 21]), normal("bias", [70])];
  const expected = await compute(gpu, { op, inputs, attrs: {}, variant: "8x8" });
  for (const variant of SHARED) {
    assertSameBits(variant, await compute(gpu, { op, inputs, attrs: {}, variant }), expected);
  }
  release(gpu, inputs);
}, "buffer");
