import { gradients } from "../autograd/autograd.ts";
import { Program } from "../program/program.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { assertClose } from "../testing/compare.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";
import { sumAll } from "./reduce_sum.ts";
import { silu, siluGradOp, siluOp } from "./silu.ts";

checkOp(siluOp);
checkOp(siluGradOp);

gpuTest("silu() and its gradient stay finite far out", async (gpu) => {
  const x = new Variable("x", f32(6), Float32Array.of(-1e30, -1e4, -60, 60, 1e4, 1e30));
  const program = await Program.compile(gpu, "silu", () => {
    const y = silu(x);
    return { y, grad: gradients(sumAll(y), [x])[0] };
  });
  program.run();
  const tolerance = { atol: 1e-7, rtol: 1e-6 };
  assertClose("y", await program.read("y"), { expected: [0, 0, 0, 60, 1e4, 1e30], ...tolerance });
  assertClose("grad", await program.read("grad"), { expected: [0, 0, 0, 1, 1, 1], ...tolerance });
  program.dispose();
  release(gpu, [x]);
});
