import { assertEquals } from "@std/assert";
import { gradients } from "../autograd/autograd.ts";
import { asTensor } from "../graph/graph.ts";
import { Program } from "../program/program.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { assertClose } from "../testing/compare.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";
import { l2Normalize, l2NormalizeGradOp, l2NormalizeOp } from "./l2_normalize.ts";

checkOp(l2NormalizeOp);
checkOp(l2NormalizeGradOp);

gpuTest("l2Normalize() of a vector of zeros is 0, its gradient is divided by 1e-12", async (gpu) => {
  const x = new Variable("x", f32(2, 3), Float32Array.of(0, 0, 0, 1e-15, 0, 0));
  const seed = new Variable("seed", f32(2, 3), Float32Array.of(1, -2, 0, 1, 0, 3));
  const program = await Program.compile(gpu, "zeros", () => {
    const y = l2Normalize(x);
    return { y, grad: gradients(y, [x], { seed: asTensor(seed) })[0] };
  });
  program.run();
  const y = await program.read("y"), grad = await program.read("grad");
  assertEquals([...y.slice(0, 3)], [0, 0, 0]);
  assertClose("y below eps", y.slice(3), { expected: [1e-3, 0, 0], atol: 0, rtol: 1e-5 });
  assertClose("gradient", grad, { expected: seed.initial.map((v) => v * 1e12), atol: 0, rtol: 1e-5 });
  program.dispose();
  release(gpu, [x, seed]);
});
