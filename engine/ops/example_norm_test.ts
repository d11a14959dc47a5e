import { Program } from "../program/program.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { assertClose } from "../testing/compare.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";
import { exampleNorm, exampleNormGradOp, l2NormOp, linfNormOp } from "./example_norm.ts";

checkOp(l2NormOp);
checkOp(linfNormOp);
checkOp(exampleNormGradOp);

gpuTest("exampleNorm() of numbers whose squares float32 cannot hold", async (gpu) => {
  const scales = [1e-36, 1e-25, 1e-20, 1e-13, 1e-12, 1, 1e16, 1e17, 1e20, 1e36, 0];
  const row = [3, -4, 1e-5, 12, 0];
  const x = new Variable(
    "x",
    f32(scales.length, 5),
    Float32Array.from(scales.flatMap((s) => row.map((v) => s * v))),
  );
  const program = await Program.compile(gpu, "norms", () => ({
    l2: exampleNorm(x, "L2"),
    linf: exampleNorm(x, "Linf"),
  }));
  program.run();
  assertClose("L2", await program.read("l2"), { expected: scales.map((s) => 13 * s), atol: 0, rtol: 1e-6 });
  assertClose("Linf", await program.read("linf"), {
    expected: scales.map((s) => 12 * s),
    atol: 0,
    rtol: 1e-6,
  });
  program.dispose();
  release(gpu, [x]);
});
