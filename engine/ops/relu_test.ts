import { assertEquals } from "@std/assert";
import { gradients } from "../autograd/autograd.ts";
import { trace } from "../graph/graph.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { sumAll } from "./reduce_sum.ts";
import { relu, reluGradOp, reluOp } from "./relu.ts";

checkOp(reluOp);
checkOp(reluGradOp);

Deno.test("relu() has the gradient 0 at 0", () => {
  const x = new Variable("x", f32(3), Float32Array.of(-1, 0, 2));
  const { graph, result } = trace(() => gradients(sumAll(relu(x)), [x]));
  assertEquals([...evaluateReference(graph, result)[0].data], [0, 0, 1]);
});
