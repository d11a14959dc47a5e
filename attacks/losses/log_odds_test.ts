import { assertThrows } from "@std/assert";
import { trace } from "../../engine/graph/graph.ts";
import { crossEntropy } from "../../engine/ops/cross_entropy.ts";
import { evaluateReference } from "../../engine/graph/reference.ts";
import { f32, u32 } from "../../engine/arrays/shape.ts";
import { Variable } from "../../engine/graph/tensor.ts";
import { checkOp } from "../../engine/testing/check_op.ts";
import { assertClose } from "../../engine/testing/compare.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { evaluateOne } from "./_testing.ts";
import { logOdds, logOddsGradOp, logOddsOp } from "./log_odds.ts";

checkOp(logOddsOp);
checkOp(logOddsGradOp);

const Z = [0.5, 2, -1.5, 0.25, 1];

Deno.test("logOdds() gives the cross-entropy", () => {
  const logits = new Variable("logits", f32(1, 5), Float32Array.from(Z));
  for (let label = 0; label < 5; label++) {
    const labels = new Variable("labels", u32(1), Uint32Array.of(label));
    const { graph, result } = trace(() => [logOdds(logits, labels), crossEntropy(logits, labels)]);
    const [odds, loss] = evaluateReference(graph, result).map(({ data }) => data[0]);
    assertClose(`label ${label}`, [Math.log1p(4 * Math.exp(odds))], {
      expected: [loss],
      atol: 0,
      rtol: 1e-12,
    });
  }
});

gpuTest("logOdds() and its gradient are exact to rounding from logits of 1e-20 to 1e20", async (gpu) => {
  for (const scale of [1e-20, 1e-9, 1e-4, 3e-3, 4e-3, 1e-2, 1, 30, 150, 1e5, 1e20]) {
    for (const label of [1, 2]) {
      const logits = Array.from(Float32Array.from(Z, (v) => scale * v));
      const found = await evaluateOne(gpu, logOdds, { logits, classes: [label] });
      const d = logits.flatMap((z, c) => c === label ? [] : [z - logits[label]]), most = Math.max(...d);
      const total = d.reduce((sum, v) => sum + Math.exp(v - most), 0);
      const small = Math.max(...d.map(Math.abs)) < 1e-3, mean = d.reduce((sum, v) => sum + v, 0) / 4;
      const spread = d.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 8;
      const expected = small ? mean + spread : most + Math.log(total / 4),
        name = `scale ${scale}, label ${label}`;
      assertClose(name, [found.value], { expected: [expected], atol: 0, rtol: 1e-4 });
      const gradient = logits.map((z, c) => c === label ? -1 : Math.exp(z - logits[label] - most) / total);
      assertClose(`${name}, gradient`, found.gradient, { expected: gradient, atol: 1e-30, rtol: 1e-5 });
    }
  }
});

Deno.test("logOdds() refuses a single class", () => {
  const logits = new Variable("logits", f32(2, 1)), labels = new Variable("labels", u32(2));
  assertThrows(() => trace(() => logOdds(logits, labels)), RangeError, "it needs at least 2 classes, got 1");
});
