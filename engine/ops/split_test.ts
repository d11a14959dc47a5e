import { assertEquals, assertThrows } from "@std/assert";
import { gradients } from "../autograd/autograd.ts";
import { trace } from "../graph/graph.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { scale } from "./arithmetic.ts";
import { sumAll } from "./reduce_sum.ts";
import { split, splitOp } from "./split.ts";

checkOp(splitOp);

const x = new Variable("x", f32(2, 5), Float32Array.from({ length: 10 }, (_, i) => i));

Deno.test("split() has gradients of every piece, zeros where nothing depends on it", () => {
  const { graph, result } = trace(() => {
    const [, b, c] = split(x, { sizes: [1, 1, 3], axis: 1 });
    return [...gradients(scale(sumAll(c), 2), [x]), b];
  });
  const [grad, b] = evaluateReference(graph, result);
  assertEquals([...grad.data], [0, 0, 2, 2, 2, 0, 0, 2, 2, 2]);
  assertEquals([...b.data], [1, 6]);
});

Deno.test("split() refuses sizes that do not add up", () => {
  const error = assertThrows(() => trace(() => split(x, { sizes: [2, 2], axis: -1 })), RangeError);
  assertEquals(
    error.message,
    "Cannot split [2, 5] along axis 1: the sizes 2, 2 add up to 4, the axis has 5",
  );
  assertThrows(() => trace(() => split(x, { sizes: [6, -1], axis: 1 })), RangeError);
  assertThrows(() => trace(() => split(x, { sizes: [5], axis: 2 })), RangeError);
});
