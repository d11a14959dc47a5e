import { assertEquals, assertGreater, assertRejects, assertThrows } from "@std/assert";
import { gradients } from "../autograd/autograd.ts";
import type { Gpu } from "../device/device.ts";
import { asTensor, record, trace } from "../graph/graph.ts";
import { add, addOp, addScalar, mul, scale, square } from "../ops/arithmetic.ts";
import { assign } from "../ops/assign.ts";
import { conv2d } from "../ops/conv2d.ts";
import { sumAll } from "../ops/reduce_sum.ts";
import { relu } from "../ops/relu.ts";
import { reshape } from "../ops/reshape.ts";
import { ShaderError } from "../device/pipeline_cache.ts";
import { Program } from "./program.ts";
import { stream } from "../../common/random.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32, sizeOf } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { assertClose, assertSameBits } from "../testing/compare.ts";
import { gpuTest } from "../testing/gpu.ts";
import { read, release, write } from "../graph/variables.ts";

function normal(name: string, ...shape: number[]): Variable {
  const data = new Float32Array(sizeOf(shape));
  stream(5, name).fillNormal(0, data);
  return new Variable(name, f32(...shape), data);
}

/** Two convolutions, their gradients and a step against them: values of many sizes that live for a while each. */
function trainingStep() {
  const [x, first, second] = [
    normal("x", 3, 9, 9, 5),
    normal("first", 7, 3, 3, 5),
    normal("second", 6, 3, 3, 7),
  ];
  const build = () => {
    const hidden = relu(conv2d(x, first, { padding: 1 }));
    const loss = sumAll(square(conv2d(hidden, second, { padding: 1, stride: 2 })));
    const grads = gradients(loss, [first, second]);
    [first, second].forEach((w, i) => assign(w, add(w, scale(grads[i], -1e-4))));
    return { loss, hidden };
  };
  return { variables: [x, first, second], build };
}

async function runs(gpu: Gpu, count: number): Promise<Record<string, Float32Array | Uint32Array>> {
  const { variables, build } = trainingStep();
  const program = await Program.compile(gpu, "step", build);
  for (let i = 0; i < count; i++) program.run();
  const found = {
    loss: await program.read("loss"),
    hidden: await program.read("hidden"),
    first: await read(gpu, variables[1]),
    second: await read(gpu, variables[2]),
  };
  program.dispose();
  release(gpu, variables);
  return found;
}

for (const readPath of ["buffer", "texture"] as const) {
  gpuTest(`Program.run() follows the float64 reference over several runs, ${readPath}`, async (gpu) => {
    const found = await runs(gpu, 3);
    const { variables, build } = trainingStep();
    const { graph, result } = trace(build);
    const state = new Map();
    let expected = evaluateReference(graph, [result.loss, result.hidden], state);
    for (let i = 1; i < 3; i++) expected = evaluateReference(graph, [result.loss, result.hidden], state);
    assertClose("loss", found.loss, { expected: expected[0].data, atol: 1e-4, rtol: 1e-4 });
    assertClose("hidden", found.hidden, { expected: expected[1].data, atol: 1e-4, rtol: 1e-4 });
    for (const [i, name] of [[1, "first"], [2, "second"]] as const) {
      assertClose(name, found[name], { expected: state.get(variables[i]).data, atol: 1e-4, rtol: 1e-4 });
    }
  }, readPath);

  gpuTest(`Program.run() gives the same bits again, ${readPath}`, async (gpu) => {
    const first = await runs(gpu, 5), again = await runs(gpu, 5);
    for (const [name, values] of Object.entries(first)) assertSameBits(name, again[name], values);
  }, readPath);

  gpuTest(
    `Program.run() allocates nothing in 200 runs, and dispose() frees everything, ${readPath}`,
    async (gpu) => {
      const before = gpu.buffers.liveBytes;
      const { variables, build } = trainingStep();
      const program = await Program.compile(gpu, "step", build);
      program.run();
      await gpu.idle();
      const { liveBytes, peakBytes } = gpu.buffers;
      assertGreater(program.workspaceBytes, 0);
      for (let i = 0; i < 200; i++) program.run();
      await gpu.idle();
      assertEquals([gpu.buffers.liveBytes, gpu.buffers.peakBytes], [liveBytes, peakBytes]);
      program.dispose();
      release(gpu, variables);
      assertEquals(gpu.buffers.liveBytes, before);
    },
    readPath,
  );
}

gpuTest("Program.compile() plans less memory than all values together", async (gpu) => {
  const x = normal("x", 64, 64);
  const program = await Program.compile(gpu, "chain", () => {
    let y = asTensor(x);
    for (let i = 0; i < 20; i++) y = scale(y, 0.5);
    return { y };
  }, { fuse: false });
  assertEquals(program.workspaceBytes, 2 * 64 * 64 * 4);
  assertEquals(program.dispatches, 20);
  program.dispose();
  release(gpu, [x]);
});

gpuTest("Program.read() gives outputs and variables by name, and lists the names it knows", async (gpu) => {
  const x = new Variable("x", f32(3), Float32Array.of(1, 2, 3));
  const program = await Program.compile(gpu, "names", () => {
    const doubled = scale(x, 2);
    const sum = add(doubled, x);
    return { doubled, sum, x: asTensor(x) };
  });
  program.run();
  assertEquals(program.outputNames, ["doubled", "sum", "x"]);
  assertEquals([...await program.read("doubled")], [2, 4, 6]);
  assertEquals([...await program.read("sum")], [3, 6, 9]);
  assertEquals([...await program.read("x")], [1, 2, 3]);
  const error = await assertRejects(() => program.read("total"), RangeError);
  assertEquals(error.message, 'Cannot read output "total" of "names": it has doubled, sum, x');
  program.dispose();
  release(gpu, [x]);
});

gpuTest("Program.run() sees what was written before it, and keeps the order of changes", async (gpu) => {
  const x = new Variable("x", f32(), Float32Array.of(1)), y = new Variable("y", f32());
  const program = await Program.compile(gpu, "order", () => {
    const before = add(x, y);
    assign(y, addScalar(x, 1));
    return { before, after: mul(x, y) };
  });
  program.run();
  write(gpu, x, Float32Array.of(10));
  program.run();
  assertEquals([...await program.read("before"), ...await program.read("after")], [12, 110]);
  program.dispose();
  release(gpu, [x, y]);
});

gpuTest("Program.compile() refuses a tensor of another program, used or returned", async (gpu) => {
  const x = new Variable("x", f32(2));
  const { result: stranger } = trace(() => scale(x, 2));
  const message = "Cannot use tensor: it was recorded in another program";
  await assertRejects(
    () => Program.compile(gpu, "used", () => ({ y: add(stranger, x) })),
    TypeError,
    message,
  );
  await assertRejects(() => Program.compile(gpu, "returned", () => ({ stranger })), TypeError, message);
});

gpuTest(
  "Program.compile() frees what it allocated when a shader is bad or a value too large",
  async (gpu) => {
    const before = gpu.buffers.liveBytes;
    const x = new Variable("x", f32(4));
    const lower: typeof addOp.lower = (context) =>
      addOp.lower(context).map((kernel) => ({
        ...kernel,
        pointwise: undefined,
        source: kernel.source.replace("a + b", "a + nothing"),
      }));
    const broken = { ...addOp, name: "broken", lower };
    const build = () => ({ y: record(broken, [scale(x, 2), x], { k: 0 })[0] });
    await assertRejects(() => Program.compile(gpu, "bad", build), ShaderError, 'Cannot compile shader "add"');
    const wide = new Variable("wide", f32(1, 2 ** 18)), tall = new Variable("tall", f32(2 ** 18, 1));
    await assertRejects(
      () => Program.compile(gpu, "huge", () => ({ small: scale(x, 2), product: mul(wide, tall) })),
      RangeError,
      "Hint: use a smaller batch size",
    );
    release(gpu, [x, wide, tall]);
    assertEquals(gpu.buffers.liveBytes, before);
  },
);

gpuTest("Program.dispose() makes runs and reads fail", async (gpu) => {
  const x = new Variable("x", f32(2));
  const program = await Program.compile(gpu, "gone", () => ({ y: scale(x, 2) }));
  program.dispose();
  program.dispose();
  assertThrows(() => program.run(), TypeError, 'Cannot run program "gone": it has been disposed');
  await assertRejects(() => program.read("y"), TypeError, 'Cannot read program "gone": it has been disposed');
  release(gpu, [x]);
});

gpuTest(
  "Program.compile() puts a reshaped value into the same memory, but not a reshaped variable",
  async (gpu) => {
    const v = new Variable("v", f32(2, 4), Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    const program = await Program.compile(gpu, "views", () => {
      const doubled = scale(v, 2);
      const row = reshape(reshape(doubled, [8]), [1, 8]);
      const before = reshape(v, [8]);
      const sum = add(row, before);
      assign(v, doubled);
      return { row, doubled, sum, before };
    }, { fuse: false });
    // scale, the copy of the variable, add, assign.
    assertEquals(program.dispatches, 4);
    program.run();
    assertEquals([...await program.read("row")], [2, 4, 6, 8, 10, 12, 14, 16]);
    assertEquals([...await program.read("doubled")], [2, 4, 6, 8, 10, 12, 14, 16]);
    assertEquals([...await program.read("sum")], [3, 6, 9, 12, 15, 18, 21, 24]);
    assertEquals([...await program.read("before")], [1, 2, 3, 4, 5, 6, 7, 8]);
    assertEquals([...await read(gpu, v)], [2, 4, 6, 8, 10, 12, 14, 16]);
    program.dispose();
    release(gpu, [v]);
  },
);

gpuTest("Program.compile() keeps a value for as long as a view of it is read", async (gpu) => {
  const v = new Variable("v", f32(8), Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  const program = await Program.compile(gpu, "late view", () => {
    const view = reshape(addScalar(v, 1), [2, 4]);
    let other = asTensor(v);
    for (let i = 0; i < 5; i++) other = scale(other, 2);
    return { sum: add(view, reshape(other, [2, 4])) };
  });
  program.run();
  assertEquals([...await program.read("sum")], [34, 67, 100, 133, 166, 199, 232, 265]);
  program.dispose();
  release(gpu, [v]);
});
