import { Program } from "../program/program.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { assertClose } from "../testing/compare.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";
import { logSoftmax, softmax, softmaxGradOp, softmaxOp } from "./softmax.ts";

checkOp(softmaxOp);
checkOp(softmaxGradOp);

gpuTest("softmax() and logSoftmax() take numbers whose exponentials float32 cannot hold", async (gpu) => {
  const x = new Variable("x", f32(2, 3), Float32Array.of(1000, 999, -1000, -5000, -5000, -5001));
  const program = await Program.compile(gpu, "softmax", () => ({ y: softmax(x), log: logSoftmax(x) }));
  program.run();
  const r = 1 / Math.E;
  const y = [1, r, 0].map((v) => v / (1 + r)).concat([1, 1, r].map((v) => v / (2 + r)));
  const tolerance = { atol: 1e-6, rtol: 1e-5 };
  assertClose("softmax", await program.read("y"), { expected: y, ...tolerance });
  const logs = y.map((v, i) => i === 2 ? Math.log(y[0]) - 2000 : Math.log(v));
  assertClose("logSoftmax", await program.read("log"), { expected: logs, ...tolerance });
  program.dispose();
  release(gpu, [x]);
});
