import { assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { f32, u32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { embedding, embeddingOp } from "./embedding.ts";

checkOp(embeddingOp);

Deno.test("embedding() refuses a table that is no matrix and numbers that are no integers", () => {
  const table = new Variable("table", f32(4, 3)), index = new Variable("index", u32(2));
  const floats = new Variable("floats", f32(2));
  const message = "Cannot look up rows: expected a table [V, D] and u32 numbers, got ";
  assertThrows(() => trace(() => embedding(table, floats)), RangeError, `${message}[4, 3] and f32 [2]`);
  assertThrows(() => trace(() => embedding(floats, index)), RangeError, `${message}[2] and u32 [2]`);
});
