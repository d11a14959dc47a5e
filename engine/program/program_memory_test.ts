import { assert, assertEquals } from "@std/assert";
import type { Gpu, ReadPath } from "../device/device.ts";
import { asTensor, record } from "../graph/graph.ts";
import { add, addOp, mul, scale, sub } from "../ops/arithmetic.ts";
import { assign } from "../ops/assign.ts";
import { conv2d } from "../ops/conv2d.ts";
import { gelu } from "../ops/gelu.ts";
import { reduceSum } from "../ops/reduce_sum.ts";
import { relu } from "../ops/relu.ts";
import { reshape } from "../ops/reshape.ts";
import { type Outputs, Program } from "./program.ts";
import { type Stream, stream } from "../../common/random.ts";
import { f32, sizeOf, vec4Count } from "../arrays/shape.ts";
import { type HostData, type Tensor, Variable } from "../graph/tensor.ts";
import { assertSameBits } from "../testing/compare.ts";
import { gpuTest, sharedGpu } from "../testing/gpu.ts";
import { read, release } from "../graph/variables.ts";

const SHAPE = [2, 5, 5, 6];

/** A variable whose numbers shrink what they are multiplied with. */
function small(name: string, ...shape: number[]): Variable {
  const data = stream(9, name).fillNormal(0, new Float32Array(sizeOf(shape)));
  return new Variable(name, f32(...shape), data.map((value) => value / 8));
}

interface Made {
  readonly variables: Variable[];
  build(): Outputs;
}

/** A program of random operations over values of one shape; some change a variable that others read. */
function randomProgram(seed: number): Made {
  const [x, v, w, b] = [small("x", ...SHAPE), small("v", ...SHAPE), small("w", 6, 3, 3, 6), small("b", 6)];
  const build = () => {
    const draw = drawer(stream(seed, "program"));
    const values: Tensor[] = [asTensor(x), scale(x, 0.5)];
    const any = () => values[Math.max(0, values.length - 1 - draw(5))];
    const steps: (() => Tensor | void)[] = [
      () => add(any(), any()),
      () => sub(any(), any()),
      () => mul(any(), v),
      () => add(any(), b),
      () => scale(any(), -0.5),
      () => relu(any()),
      () => gelu(any()),
      () => conv2d(any(), w, { padding: 1 }),
      () => conv2d(any(), w, { padding: 1, bias: b }),
      () => reshape(add(reshape(any(), [2, 25, 6]), reshape(any(), [2, 25, 6])), SHAPE),
      () => add(any(), reduceSum(any(), { from: 1, to: 3 })),
      () => assign(v, scale(any(), 0.5)),
      () => assign(w, scale(w, 0.5)),
    ];
    for (let i = 0; i < 14; i++) {
      const made = steps[draw(steps.length)]();
      if (made !== undefined) values.push(made);
    }
    return { last: values.at(-1)!, one: any(), other: any() };
  };
  return { variables: [x, v, w, b], build };
}

/** Whole numbers below a bound, one after the other. */
function drawer(source: Stream): (below: number) => number {
  const numbers = source.fillUniform(0, new Float32Array(256));
  let at = 0;
  return (below) => Math.floor(numbers[at++] * below);
}

/** Outputs and variables after two runs. */
async function results(gpu: Gpu, { build, variables }: Made, fuse: boolean): Promise<Map<string, HostData>> {
  const before = gpu.buffers.liveBytes;
  const program = await Program.compile(gpu, "random", build, { fuse });
  program.run();
  program.run();
  const found = new Map<string, HostData>();
  for (const name of program.outputNames) found.set(name, await program.read(name));
  for (const variable of variables) found.set(variable.name, await read(gpu, variable));
  program.dispose();
  release(gpu, variables);
  assertEquals(gpu.buffers.liveBytes, before);
  return found;
}

gpuTest(
  "allocateMemory() and fuseSteps() keep the bits of random programs, wherever values lie",
  async () => {
    for (let seed = 0; seed < 16; seed++) {
      const made = randomProgram(seed);
      let expected: Map<string, HostData> | undefined;
      for (const readPath of ["buffer", "texture"] satisfies ReadPath[]) {
        for (const fuse of [false, true]) {
          const found = await results(await sharedGpu(readPath), made, fuse);
          expected ??= found;
          for (const [name, values] of expected) {
            const label = `program ${seed}, ${name}, ${readPath}, ${fuse ? "fused" : "apart"}`;
            assertSameBits(label, found.get(name)!, values);
            assert(values.every(Number.isFinite), label);
          }
        }
      }
    }
  },
);

gpuTest("Program.run() reads a weight anew after it has been changed in place, texture", async (gpu) => {
  const x = new Variable("x", f32(1, 1, 2, 4), Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  const w = new Variable(
    "w",
    f32(4, 1, 1, 4),
    Float32Array.from({ length: 16 }, (_, i) => i % 5 === 0 ? 1 : 0),
  );
  const build = () => {
    const before = conv2d(x, w), again = conv2d(x, w);
    assign(w, scale(w, 2));
    return { before, again, after: conv2d(x, w) };
  };
  const program = await Program.compile(gpu, "changing", build);
  const data = [1, 2, 3, 4, 5, 6, 7, 8];
  for (const factor of [1, 2, 4]) {
    program.run();
    assertEquals([...await program.read("before")], data.map((value) => value * factor));
    assertEquals([...await program.read("again")], data.map((value) => value * factor));
    assertEquals([...await program.read("after")], data.map((value) => value * factor * 2));
  }
  program.dispose();
  release(gpu, [x, w]);
}, "texture");

/** 3 x by a kernel that reads its input from the buffer where it lies, as `assign` does. */
const rawOp: typeof addOp = {
  ...addOp,
  name: "raw_triple",
  shape: ([x]) => [x],
  lower: ({ inputs: [x], outputs: [y] }) => [{
    label: "raw_triple",
    source: `#output 1 y
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x < ${vec4Count(x.spec.shape)}u) { set_y(id.x, x[id.x] * 3.0); }
}`,
    bindings: [{ operand: x, kind: "read" }, { operand: y, kind: "read_write" }],
    workgroups: [Math.ceil(vec4Count(x.spec.shape) / 64), 1, 1],
  }],
};

gpuTest(
  "allocateMemory() keeps buffer and copy of a value that one kernel reads from both, texture",
  async (gpu) => {
    const v = small("v", ...SHAPE), w = small("w", 6, 3, 3, 6);
    const build = () => {
      const x = scale(v, 2);
      // The tail of the kernel that reads x from its buffer reads x too, before and after x is copied for the convolution.
      const tripled = () => add(record(rawOp, [x], { k: 0 })[0], x);
      const early = tripled();
      const first = conv2d(x, w, { padding: 1 });
      const filler = [1, 2, 3].map((k) => conv2d(scale(first, k), w, { padding: 1 })).reduce((a, b) =>
        add(a, b)
      );
      return { early, filler, late: tripled() };
    };
    const made = { build, variables: [v, w] };
    const expected = await results(gpu, made, false), found = await results(gpu, made, true);
    for (const [name, values] of expected) assertSameBits(name, found.get(name)!, values);
    const start = await read(gpu, v);
    release(gpu, [v]);
    expected.get("late")!.forEach((value, i) => {
      const x = Math.fround(start[i] * 2);
      assertEquals(value, Math.fround(Math.fround(x * 3) + x));
    });
  },
  "texture",
);
