import { assertEquals, assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { f32 } from "../arrays/shape.ts";
import { Program } from "../program/program.ts";
import { stream } from "../../common/random.ts";
import { checkOp } from "../testing/check_op.ts";
import { gpuTest } from "../testing/gpu.ts";
import { Variable } from "../graph/tensor.ts";
import { release } from "../graph/variables.ts";
import { linear, linearOp } from "./linear.ts";

checkOp(linearOp, { forward: { atol: 1e-5, rtol: 1e-3 } });

const zeros = (...shape: number[]) => new Variable("zeros", f32(...shape));

Deno.test("linear() refuses features that differ and names both shapes", () => {
  const error = assertThrows(() => trace(() => linear(zeros(5, 7), zeros(10, 8))), RangeError);
  assertEquals(
    error.message,
    "Cannot apply linear layer: input features differ, x is [5, 7], weights are [10, 8]",
  );
});

Deno.test("linear() refuses a bias of another size", () => {
  const error = assertThrows(() => trace(() => linear(zeros(5, 7), zeros(10, 7), zeros(7))), RangeError);
  assertEquals(error.message, "Cannot apply linear layer: expected a bias of [10], got [7]");
});

gpuTest("linear() gives a row the same bits whatever the number of rows", async (gpu) => {
  const features = 256, many = 4000;
  const values = stream(0, "rows").fillNormal(0, new Float32Array(many * features));
  const weight = new Variable("weight", f32(10, features), values.slice(0, 10 * features));
  const outputs: Float32Array[] = [];
  for (const rows of [1, many]) {
    const x = new Variable("x", f32(rows, features), values.slice(0, rows * features));
    const program = await Program.compile(gpu, "linear", () => ({ y: linear(x, weight) }));
    program.run();
    outputs.push(await program.read("y") as Float32Array);
    program.dispose();
    release(gpu, [x]);
  }
  release(gpu, [weight]);
  assertEquals(outputs[1].slice(0, 10), outputs[0]);
}, "texture");
