import { assertEquals, assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { Program } from "../program/program.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { assertClose } from "../testing/compare.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";
import { layerNorm, layerNormOp } from "./layer_norm.ts";
import { layerNormGradAffineOp, layerNormGradInputOp } from "./layer_norm_grad.ts";

checkOp(layerNormOp);
checkOp(layerNormGradInputOp);
checkOp(layerNormGradAffineOp);

gpuTest("layerNorm() keeps the variance of numbers far from 0", async (gpu) => {
  const x = new Variable("x", f32(1, 4), Float32Array.of(4096, 4097, 4098, 4099));
  const gamma = new Variable("gamma", f32(4), Float32Array.of(1, 1, 1, 1));
  const beta = new Variable("beta", f32(4));
  const program = await Program.compile(gpu, "layer_norm", () => ({ y: layerNorm(x, gamma, { beta }) }));
  program.run();
  const r = 1 / Math.sqrt(1.25 + 1e-5);
  const expected = [-1.5 * r, -0.5 * r, 0.5 * r, 1.5 * r];
  assertClose("y", await program.read("y"), { expected, atol: 1e-6, rtol: 1e-6 });
  program.dispose();
  release(gpu, [x, gamma, beta]);
});

Deno.test("layerNorm() refuses another number of channels, and empty rows", () => {
  const zeros = (...shape: number[]) => new Variable("zeros", f32(...shape));
  const refuse = (x: Variable, gamma: Variable, beta: Variable) =>
    assertThrows(() => trace(() => layerNorm(x, gamma, { beta })), RangeError).message;
  assertEquals(
    refuse(zeros(2, 3), zeros(3), zeros(4)),
    "Cannot normalise: expected [3] for x [2, 3], got [4]",
  );
  assertEquals(
    refuse(zeros(2, 0), zeros(0), zeros(0)),
    "Cannot normalise: the rows are empty, x is [2, 0]",
  );
});
