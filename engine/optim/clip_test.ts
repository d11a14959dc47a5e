import { assertAlmostEquals, assertEquals } from "@std/assert";
import { asTensor } from "../graph/graph.ts";
import { Program } from "../program/program.ts";
import { clipFactor } from "../ops/optim_clip_factor.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { assertClose } from "../testing/compare.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";
import { clipGradNorm } from "./clip.ts";

/** Two gradients whose common norm is 13. */
function gradsOfNorm13(): [Variable, Variable] {
  return [
    new Variable("a", f32(1, 2), Float32Array.of(3, -4)),
    new Variable("b", f32(3), Float32Array.of(0, 12, 0)),
  ];
}

gpuTest("clipGradNorm() brings the common norm down to the maximum", async (gpu) => {
  const variables = gradsOfNorm13();
  const program = await Program.compile(gpu, "clip", () => {
    const grads = variables.map(asTensor);
    const [a, b] = clipGradNorm(grads, 6.5);
    return { a, b, before: clipFactor(grads, 6.5).norm, after: clipFactor([a, b], 6.5).norm };
  });
  program.run();
  assertClose("a", await program.read("a"), { expected: [1.5, -2], atol: 1e-6, rtol: 0 });
  assertClose("b", await program.read("b"), { expected: [0, 6, 0], atol: 1e-6, rtol: 0 });
  assertAlmostEquals((await program.read("before"))[0], 13, 1e-5);
  assertAlmostEquals((await program.read("after"))[0], 6.5, 1e-5);
  program.dispose();
  release(gpu, variables);
});

gpuTest("clipGradNorm() leaves gradients below the maximum as they are, bit for bit", async (gpu) => {
  const variables = gradsOfNorm13();
  const program = await Program.compile(gpu, "no clip", () => {
    const [a, b] = clipGradNorm(variables.map(asTensor), 13.01);
    return { a, b };
  });
  program.run();
  assertEquals([...await program.read("a")], [3, -4]);
  assertEquals([...await program.read("b")], [0, 12, 0]);
  program.dispose();
  release(gpu, variables);
});

gpuTest("clipGradNorm() keeps gradients of zero at zero", async (gpu) => {
  const zero = new Variable("z", f32(5));
  const program = await Program.compile(gpu, "zero", () => ({ z: clipGradNorm([asTensor(zero)], 1)[0] }));
  program.run();
  assertEquals([...await program.read("z")], [0, 0, 0, 0, 0]);
  program.dispose();
  release(gpu, [zero]);
});
