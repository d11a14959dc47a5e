import { assertEquals, assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { Program } from "../program/program.ts";
import { f32, u32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";
import { scaleAll, scaleAllOp } from "./optim_scale.ts";

checkOp(scaleAllOp, { forward: { atol: 0, rtol: 1e-6 } });

gpuTest("scaleAll() takes a fraction of a dispatch for each tensor", async (gpu) => {
  const tensors = Array.from({ length: 30 }, (_, i) => new Variable(`x${i}`, f32(i + 1)));
  const factor = new Variable("factor", f32());
  const program = await Program.compile(gpu, "scale", () => {
    return Object.fromEntries(scaleAll(tensors, factor).map((t, i) => [`${i}`, t]));
  });
  const each = Math.min(15, Math.floor((gpu.info.limits.maxStorageBuffersPerShaderStage - 1) / 2));
  assertEquals(program.dispatches, Math.ceil(30 / each));
  program.dispose();
  release(gpu, [...tensors, factor]);
});

Deno.test("scaleAll() refuses a factor that is not a scalar", () => {
  const x = new Variable("x", f32(2));
  assertThrows(
    () => trace(() => scaleAll([x], x)),
    RangeError,
    "Cannot scale tensors: the factor must be a scalar, its shape is [2]",
  );
});

Deno.test("scaleAll() refuses integers", () => {
  const factor = new Variable("factor", f32());
  assertThrows(
    () => trace(() => scaleAll([factor, new Variable("n", u32(3))], factor)),
    TypeError,
    "Cannot scale tensors: input 1 must be f32, it is u32",
  );
});
