import { assert } from "@std/assert";
import { gradients } from "../autograd/autograd.ts";
import { Program } from "../program/program.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { assertClose } from "../testing/compare.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";
import { erf } from "./erf.ts";
import { gelu, geluGradOp, geluOp, geluTanhGradOp, geluTanhOp } from "./gelu.ts";
import { sumAll } from "./reduce_sum.ts";

checkOp(geluOp);
checkOp(geluGradOp);
checkOp(geluTanhOp);
checkOp(geluTanhGradOp);

gpuTest("gelu() holds the error function's float32 precision from -8 to 8", async (gpu) => {
  const xs = Float32Array.from({ length: 3201 }, (_, i) => (i - 1600) / 200);
  const x = new Variable("x", f32(xs.length), xs);
  const program = await Program.compile(gpu, "gelu", () => ({ y: gelu(x) }));
  program.run();
  const found = await program.read("y");
  xs.forEach((v, i) => {
    if (Math.abs(v) < 1e-3) return;
    // The distribution function itself: within 1.2e-7, and one rounding of it and of the product.
    const error = Math.abs(found[i] / v - (1 + erf(v / Math.SQRT2)) / 2);
    assert(error < 2.4e-7, `at ${v}: ${error}`);
  });
  program.dispose();
  release(gpu, [x]);
});

for (const approximate of ["none", "tanh"] as const) {
  gpuTest(`gelu() and its gradient stay finite far out, ${approximate}`, async (gpu) => {
    const x = new Variable("x", f32(6), Float32Array.of(-1e30, -1e4, -30, 30, 1e4, 1e30));
    const program = await Program.compile(gpu, "gelu", () => {
      const y = gelu(x, { approximate });
      return { y, grad: gradients(sumAll(y), [x])[0] };
    });
    program.run();
    const tolerance = { atol: 1e-7, rtol: 1e-6 };
    assertClose("y", await program.read("y"), { expected: [0, 0, 0, 30, 1e4, 1e30], ...tolerance });
    assertClose("grad", await program.read("grad"), { expected: [0, 0, 0, 1, 1, 1], ...tolerance });
    program.dispose();
    release(gpu, [x]);
  });
}
