import { assertEquals, assertLess, assertRejects, assertThrows } from "@std/assert";
import { gradients } from "../autograd/autograd.ts";
import { asTensor } from "../graph/graph.ts";
import { leadingGrid } from "./leading.ts";
import { resnet } from "../nn/resnet.ts";
import { assign } from "../ops/assign.ts";
import { crossEntropy } from "../ops/cross_entropy.ts";
import { sumAll } from "../ops/reduce_sum.ts";
import { Program } from "./program.ts";
import { stream } from "../../common/random.ts";
import { f32, u32 } from "../arrays/shape.ts";
import { assertSameBits } from "../testing/compare.ts";
import { gpuTest } from "../testing/gpu.ts";
import { Variable } from "../graph/tensor.ts";
import { read, release } from "../graph/variables.ts";

Deno.test("leadingGrid() keeps enough workgroups for the part, and no more than there are", () => {
  const of = (workgroups: [number, number, number], examples: number, leadingSlack?: number) =>
    leadingGrid({ workgroups, leadingSlack }, { examples, count: 8 });
  assertEquals(of([10, 1, 1], 3), [4, 1, 1]);
  assertEquals(of([10, 1, 1], 3, 2), [6, 1, 1]);
  assertEquals(of([10, 1, 1], 8, 2), [10, 1, 1]);
  assertEquals(of([60_000, 4, 1], 1), [30_000, 1, 1]);
  assertEquals(of([60_000, 4, 1], 3), [60_000, 2, 1]);
  assertEquals(of([5, 5, 5], 1), [5, 5, 5]);
});

/** A small network with every kind of layer of its family, and the step of an attack on it. */
function makeStep() {
  const B = 6, model = resnet({ arch: "resnet8", widths: [4, 8, 12], classes: 10 }, { seed: 0 });
  const x = new Variable("x", f32(B, 9, 9, 3), stream(0, "x").fillUniform(0, new Float32Array(B * 243)));
  const labels = new Variable("labels", u32(B), Uint32Array.from({ length: B }, (_, i) => i));
  const moved = new Variable("moved", f32(B, 9, 9, 3));
  const build = () => {
    const now = asTensor(x), logits = model.logits(now, { mode: "eval" });
    const [gradient] = gradients(sumAll(crossEntropy(logits, labels)), [now]);
    assign(moved, gradient);
    return { logits };
  };
  return {
    B,
    build,
    perExample: [x, labels, moved],
    moved,
    all: [x, labels, moved, ...model.parameters, ...model.buffers],
  };
}

for (const readPath of ["buffer", "texture"] as const) {
  gpuTest(
    `Program.run() of the first examples gives them the bits of a whole run, ${readPath}`,
    async (gpu) => {
      const { B, build, perExample, moved, all } = makeStep();
      const program = await Program.compile(gpu, "step", build, { perExample });
      program.run();
      const logits = await program.read("logits"), gradient = await read(gpu, moved);
      for (const examples of [1, 2, 5, 6]) {
        release(gpu, [moved]);
        const part = await Program.compile(gpu, "step", build, { perExample });
        part.run({ examples });
        assertSameBits(
          "logits",
          (await part.read("logits")).subarray(0, examples * 10),
          logits.subarray(0, examples * 10),
        );
        const found = await read(gpu, moved);
        assertSameBits("gradient", found.subarray(0, examples * 243), gradient.subarray(0, examples * 243));
        if (examples < B) {
          assertEquals(found.subarray(B * 243 - 9), new Float32Array(9), "the last example was not moved");
        }
        part.dispose();
      }
      program.dispose();
      release(gpu, all);
    },
    readPath,
  );
}

gpuTest("Program.run() of a part counts the work of that part", async (gpu) => {
  const { build, perExample, all } = makeStep();
  const program = await Program.compile(gpu, "step", build, { perExample });
  const before = gpu.work.flops;
  program.run({ examples: 1 });
  assertLess(gpu.work.flops - before, program.flops / 5);
  program.run({ examples: 0 });
  program.dispose();
  release(gpu, all);
});

gpuTest("Program.run() refuses a part of a batch that it does not know or that is no part", async (gpu) => {
  const { build, perExample, all } = makeStep();
  const program = await Program.compile(gpu, "step", build, { perExample });
  for (const examples of [-1, 1.5, 7]) {
    assertThrows(() => program.run({ examples }), RangeError, `it has 6 examples, ${examples} asked`);
  }
  program.dispose();
  const whole = await Program.compile(gpu, "step", build);
  assertThrows(() => whole.run({ examples: 1 }), RangeError, "it was compiled without perExample");
  whole.dispose();
  const other = new Variable("other", f32(5, 1));
  await assertRejects(
    () => Program.compile(gpu, "step", build, { perExample: [...perExample, other] }),
    RangeError,
    "the same number of examples",
  );
  release(gpu, all);
});
