import { assertEquals, assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32 } from "../arrays/shape.ts";
import { checkOp } from "../testing/check_op.ts";
import { Variable } from "../graph/tensor.ts";
import { resizeBilinear, resizeBilinearGradOp, resizeBilinearOp } from "./resize_bilinear.ts";

checkOp(resizeBilinearOp);
checkOp(resizeBilinearGradOp);

Deno.test("resizeBilinear() puts pixel centres at halves and repeats the edge", () => {
  const x = new Variable("x", f32(1, 1, 2, 1), Float32Array.of(0, 4));
  const { graph, result } = trace(() => resizeBilinear(x, { height: 1, width: 4 }));
  assertEquals([...evaluateReference(graph, [result])[0].data], [0, 1, 3, 4]);
});

Deno.test("resizeBilinear() refuses invalid sizes", () => {
  const resize = (shape: number[], height: number) => () =>
    trace(() => resizeBilinear(new Variable("x", f32(...shape)), { height, width: 2 }));
  assertThrows(resize([2, 2, 3], 2), RangeError, "expected four dimensions (NHWC), got [2, 2, 3]");
  assertThrows(resize([1, 2, 2, 3], 0), RangeError, "whole numbers from 1 up, [1, 2, 2, 3] to 0 x 2");
  assertThrows(resize([1, 0, 2, 3], 1), RangeError, "whole numbers from 1 up, [1, 0, 2, 3] to 1 x 2");
});
