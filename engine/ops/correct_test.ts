import { assertEquals } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32, u32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { correct, correctOp } from "./correct.ts";

checkOp(correctOp);

Deno.test("correct() takes the first of equal logits", () => {
  const logits = new Variable("logits", f32(2, 3), Float32Array.of(1, 1, 0, 1, 1, 0));
  const labels = new Variable("labels", u32(2), Uint32Array.of(0, 1));
  const { graph, result } = trace(() => correct(logits, labels));
  assertEquals([...evaluateReference(graph, [result])[0].data], [1, 0]);
});
