import { assertEquals, assertThrows } from "@std/assert";
import { gradients } from "../autograd/autograd.ts";
import { asTensor, liveNodes, trace } from "../graph/graph.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { assertClose } from "../testing/compare.ts";
import { scale } from "./arithmetic.ts";
import { meanAll, reduceMean, reduceSum, reduceSumOp, sumTo } from "./reduce_sum.ts";

// Sums of up to 40,001 float32 normals lose about 1e-5 each way where they cancel.
checkOp(reduceSumOp, { forward: { atol: 1e-3, rtol: 1e-3 } });

const counting = (...shape: number[]) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return new Variable("x", f32(...shape), Float32Array.from({ length: size }, (_, i) => i));
};

Deno.test("sumTo() undoes a broadcast over any dimensions", () => {
  const x = counting(2, 3, 2);
  for (
    const [shape, expected] of [
      [[2, 3, 2], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
      [[2], [30, 36]],
      [[3, 1], [14, 22, 30]],
      [[2, 1, 1], [15, 51]],
      [[1, 3, 1], [14, 22, 30]],
      [[], [66]],
    ] as [number[], number[]][]
  ) {
    const { graph, result } = trace(() => sumTo(asTensor(x), shape));
    assertEquals(result.shape, shape);
    assertEquals([...evaluateReference(graph, [result])[0].data], expected);
  }
});

Deno.test("meanAll() divides by the number of elements", () => {
  const { graph, result } = trace(() => meanAll(counting(3, 5)));
  assertEquals(result.shape, []);
  assertEquals(evaluateReference(graph, [result])[0].data[0], 7);
});

Deno.test("meanAll() and reduceMean() refuse to average nothing", () => {
  const x = new Variable("x", f32(0, 3));
  assertThrows(() => trace(() => meanAll(x)), RangeError, "Cannot average: [0, 3] has no elements");
  assertThrows(
    () => trace(() => reduceMean(x, { to: 1 })),
    RangeError,
    "Cannot average: [0, 3] has no elements",
  );
});

Deno.test("reduceSum() refuses dimensions that do not exist", () => {
  assertThrows(
    () => trace(() => reduceSum(counting(2, 3), { from: 1, to: 3 })),
    RangeError,
    "Cannot sum: dimensions 1 to 3 do not exist in [2, 3]",
  );
});

Deno.test("meanAll() has a gradient that is one constant, whatever it is multiplied with", () => {
  const x = counting(3, 5);
  const { graph, result: [grad] } = trace(() => gradients(scale(meanAll(x), -2), [x]));
  assertEquals(liveNodes(graph, [grad]).map(({ op }) => op.name), ["fill"]);
  const [{ shape, data }] = evaluateReference(graph, [grad]);
  assertEquals(shape, [3, 5]);
  assertClose("gradient", data, { expected: Array(15).fill(-2 / 15), atol: 0, rtol: 1e-12 });
});
