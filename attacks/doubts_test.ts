import { assertEquals } from "@std/assert";
import { Program } from "../engine/program/program.ts";
import { f32, u32 } from "../engine/arrays/shape.ts";
import { Variable } from "../engine/graph/tensor.ts";
import { checkOp } from "../engine/testing/check_op.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { release } from "../engine/graph/variables.ts";
import { DOUBT, doubtLogits, doubtLogitsOp, doubtOf } from "./doubts.ts";

checkOp(doubtLogitsOp);

gpuTest("doubtLogits() and doubtOf() name logits that are not finite or hardly differ", async (gpu) => {
  const rows = [
    [5, 1, 0, -3],
    [5, 1, 0.5, 0.25],
    [NaN, 1, 0, -3],
    [5, 1, NaN, -3],
    [5, 1, Infinity, -3],
    [-Infinity, 1, 0, -3],
  ];
  const expected = [0, DOUBT.flat, ...Array(4).fill(DOUBT.notFinite)];
  const logits = new Variable("logits", f32(6, 4), Float32Array.from(rows.flat()));
  const labels = new Variable("labels", u32(6));
  const program = await Program.compile(gpu, "doubts", () => ({ doubts: doubtLogits(logits, labels) }));
  program.run();
  assertEquals([...await program.read("doubts")], expected);
  assertEquals(rows.map((row) => doubtOf(row, 0)), expected);
  program.dispose();
  release(gpu, [logits, labels]);
});
