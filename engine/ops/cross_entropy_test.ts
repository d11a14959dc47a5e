import { assertAlmostEquals, assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { Program } from "../program/program.ts";
import { f32, u32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { gpuTest } from "../testing/gpu.ts";
import { crossEntropy, crossEntropyGradOp, crossEntropyOp } from "./cross_entropy.ts";

checkOp(crossEntropyOp);
checkOp(crossEntropyGradOp);

gpuTest(
  "crossEntropy() of equal logits is the logarithm of their number, however large they are",
  async (gpu) => {
    const logits = new Variable("logits", f32(2, 7), new Float32Array(14).fill(1).fill(1e6, 7));
    const labels = new Variable("labels", u32(2), Uint32Array.of(0, 6));
    const program = await Program.compile(
      gpu,
      "equal logits",
      () => ({ loss: crossEntropy(logits, labels) }),
    );
    program.run();
    for (const loss of await program.read("loss")) assertAlmostEquals(loss, Math.log(7), 1e-6);
    program.dispose();
  },
);

Deno.test("crossEntropy() refuses labels that are no integers or too few", () => {
  const logits = new Variable("logits", f32(4, 10));
  for (const labels of [f32(4), u32(3), u32(4, 1)]) {
    assertThrows(
      () => trace(() => crossEntropy(logits, new Variable("labels", labels))),
      RangeError,
      `Cannot compare logits with labels: expected [B, C] and u32 [B], got [4, 10] and ${labels.dtype} [`,
    );
  }
});
