import { assertEquals, assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32 } from "../arrays/shape.ts";
import { checkOp } from "../testing/check_op.ts";
import { Variable } from "../graph/tensor.ts";
import { upsampleNearest2x, upsampleNearest2xGradOp, upsampleNearest2xOp } from "./upsample_nearest2x.ts";

checkOp(upsampleNearest2xOp);
checkOp(upsampleNearest2xGradOp);

Deno.test("upsampleNearest2x() repeats every pixel twice in both directions", () => {
  const x = new Variable("x", f32(1, 2, 2, 1), Float32Array.of(1, 2, 3, 4));
  const { graph, result } = trace(() => upsampleNearest2x(x));
  const [{ data }] = evaluateReference(graph, [result]);
  assertEquals([...data], [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
});

Deno.test("upsampleNearest2x() refuses what is no batch of images", () => {
  assertThrows(
    () => trace(() => upsampleNearest2x(new Variable("x", f32(2, 2, 3)))),
    RangeError,
    "Cannot upsample: expected four dimensions (NHWC), got [2, 2, 3]",
  );
});
