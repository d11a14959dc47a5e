import { assertEquals } from "@std/assert";
import { gradients } from "../autograd/autograd.ts";
import type { Gpu, ReadPath } from "../device/device.ts";
import { fuseSteps } from "./fusion.ts";
import { createBatchNorm } from "../nn/batch_norm.ts";
import type { Operand } from "../graph/op.ts";
import { add, mul, scale } from "../ops/arithmetic.ts";
import { assign } from "../ops/assign.ts";
import { conv2d } from "../ops/conv2d.ts";
import { linear } from "../ops/linear.ts";
import { gelu } from "../ops/gelu.ts";
import { reduceSum, sumAll } from "../ops/reduce_sum.ts";
import { relu } from "../ops/relu.ts";
import { reshape } from "../ops/reshape.ts";
import { type Outputs, Program } from "./program.ts";
import { stream } from "../../common/random.ts";
import { f32, sizeOf } from "../arrays/shape.ts";
import type { Step } from "./step.ts";
import { type Value, Variable } from "../graph/tensor.ts";
import { assertSameBits } from "../testing/compare.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";

function normal(name: string, ...shape: number[]): Variable {
  const data = stream(5, name).fillNormal(0, new Float32Array(sizeOf(shape)));
  return new Variable(name, f32(...shape), data);
}

/** Dispatches and results of the same program with and without fusion. */
async function bothWays(gpu: Gpu, build: () => Outputs, variables: Variable[]) {
  const found = [];
  for (const fuse of [false, true]) {
    const program = await Program.compile(gpu, "fusion", build, { fuse });
    program.run();
    program.run();
    const values = await Promise.all(program.outputNames.map((name) => program.read(name)));
    found.push({ values, dispatches: program.dispatches });
    program.dispose();
    release(gpu, variables);
  }
  const [apart, fused] = found;
  fused.values.forEach((value, i) => assertSameBits(`output ${i}`, value, apart.values[i]));
  return { apart: apart.dispatches, fused: fused.dispatches };
}

const READ_PATHS: readonly ReadPath[] = ["buffer", "texture"];

for (const readPath of READ_PATHS) {
  gpuTest(`fuseSteps() puts activation and residual into the convolution, ${readPath}`, async (gpu) => {
    const [x, w, bias] = [normal("x", 2, 5, 5, 6), normal("w", 6, 3, 3, 6), normal("bias", 6)];
    const build = () => ({ y: relu(add(conv2d(x, w, { bias, padding: 1 }), x)) });
    assertEquals(await bothWays(gpu, build, [x, w, bias]), { apart: 3, fused: 1 });
  }, readPath);

  gpuTest(`fuseSteps() stores a value that is also read elsewhere, ${readPath}`, async (gpu) => {
    const [x, w] = [normal("x", 3, 7), normal("w", 5, 7)];
    const build = () => {
      const y = gelu(linear(x, w));
      const [dx] = gradients(sumAll(mul(y, y)), [x]);
      return { y, dx };
    };
    const { apart, fused } = await bothWays(gpu, build, [x, w]);
    assertEquals(fused < apart, true, `${fused} dispatches of ${apart}`);
  }, readPath);

  gpuTest(`fuseSteps() keeps the bits of a network's gradients, ${readPath}`, async (gpu) => {
    const [x, w] = [normal("x", 4, 6, 6, 5), normal("w", 5, 3, 3, 5)];
    const norm = createBatchNorm("norm", { channels: 5 });
    const build = () => {
      const h = norm.apply(conv2d(x, w, { padding: 1 }), { mode: "train", relu: true });
      const y = relu(add(h, x));
      const grads = gradients(sumAll(mul(y, y)), [x, w, ...norm.parameters]);
      return Object.fromEntries(grads.map((grad, i) => [`grad ${i}`, grad]));
    };
    const variables = [x, w, ...norm.parameters, ...norm.buffers];
    const { apart, fused } = await bothWays(gpu, build, variables);
    assertEquals(fused < apart, true, `${fused} dispatches of ${apart}`);
  }, readPath);

  gpuTest(`fuseSteps() masks the padding that a stretched operand would fill, ${readPath}`, async (gpu) => {
    const [x, row, b] = [normal("x", 3, 5), normal("row", 3, 1), normal("b", 5)];
    // Were the padding not zero, the sum over the rows of its lanes would show in the second sum.
    const build = () => ({ y: sumAll(add(add(scale(x, 2), row), b)) });
    assertEquals((await bothWays(gpu, build, [x, row, b])).fused, 2);
  }, readPath);
}

gpuTest(
  "fuseSteps() leaves alone what would read a later value, or an earlier one of a variable",
  async (gpu) => {
    const [x, v] = [normal("x", 4, 4), normal("v", 4, 4)];
    const late = (): Record<string, Value> => {
      const doubled = scale(x, 2);
      const sum = reduceSum(mul(x, x), { from: 0, to: 1 });
      return { doubled, y: add(doubled, sum) };
    };
    // The sum is stretched and comes after what it would be added to.
    const found = await bothWays(gpu, late as () => Outputs, [x]);
    assertEquals(found, { apart: 4, fused: 4 });
    const changing = () => {
      const doubled = scale(x, 2);
      assign(v, x);
      return { y: add(doubled, v) };
    };
    assertEquals(await bothWays(gpu, changing, [x, v]), { apart: 3, fused: 3 });
  },
);

gpuTest("fuseSteps() follows a value into a view of its memory", async (gpu) => {
  const [x, y] = [normal("x", 2, 8), normal("y", 4, 4)];
  const build = () => ({ z: add(reshape(scale(x, 2), [4, 4]), y) });
  assertEquals(await bothWays(gpu, build, [x, y]), { apart: 2, fused: 1 });
});

/** Steps by hand: what each reads and writes, and whether it is pointwise. */
function makeStep(reads: Operand[], out: Operand, pointwise = false): Step {
  const flexible = (kind: "input" | "output") => (operand: Operand) => ({ operand, kind, reused: false });
  const operands = reads.map((operand) => ({ operand, index: "i", splat: false }));
  return {
    label: pointwise ? "f" : "k",
    source: "",
    bindings: [...reads.map(flexible("input")), flexible("output")(out)],
    workgroups: [1, 1, 1],
    op: "k",
    flops: 0,
    pointwise: pointwise ? { name: "f", expression: "", include: [], operands, out, mask: null } : undefined,
  };
}

const value = (): Operand => ({ spec: f32(8) });
const LIMITS = { kept: new Set<Operand>(), bindings: 8 };

Deno.test("fuseSteps() stores a variable that a kernel sets, whoever reads it", () => {
  const [x, y] = [value(), value()], v = new Variable("v", f32(8));
  const [step, ...rest] = fuseSteps([makeStep([x], v), makeStep([v], y, true)], LIMITS);
  assertEquals([rest.length, step.fused?.storesOwn], [0, true]);
});

Deno.test("fuseSteps() does not follow a value that another step writes again", () => {
  const [x, y, z] = [value(), value(), value()];
  const twice = [makeStep([x], y), makeStep([x], y), makeStep([y], z, true)];
  assertEquals(fuseSteps(twice, LIMITS), twice);
});

Deno.test("fuseSteps() moves no operation that sets a variable, since others may read it before", () => {
  const [x, y, z] = [value(), value(), value()], v = new Variable("v", f32(8));
  const steps = [makeStep([x], y), makeStep([v], z), makeStep([y], v, true)];
  assertEquals(fuseSteps(steps, LIMITS), steps);
});

Deno.test("fuseSteps() keeps to the bindings of a kernel; an input that it has already costs none", () => {
  const [x, y, z, other] = [value(), value(), value(), value()];
  const tight = { ...LIMITS, bindings: 3 };
  const free = [makeStep([x], y), makeStep([y, x], z, true)];
  assertEquals(fuseSteps(free, tight).length, 1);
  const full = [makeStep([x], y), makeStep([y, other], z, true)];
  assertEquals(fuseSteps(full, tight), full);
  assertEquals(fuseSteps(full, LIMITS).length, 1);
});
