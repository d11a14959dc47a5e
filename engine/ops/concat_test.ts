import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { gradients } from "../autograd/autograd.ts";
import { asTensor, trace } from "../graph/graph.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32, u32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { mul } from "./arithmetic.ts";
import { concat, concatOp } from "./concat.ts";
import { sumAll } from "./reduce_sum.ts";

checkOp(concatOp);

const zeros = (...shape: number[]) => new Variable("zeros", f32(...shape));

Deno.test("concat() joins more parts than one kernel reads", () => {
  const parts = Array.from({ length: 9 }, (_, k) => new Variable(`x${k}`, f32(1), Float32Array.of(k)));
  const weights = new Variable("weights", f32(9), Float32Array.from({ length: 9 }, (_, k) => 10 + k));
  const { graph, result } = trace(() => {
    const joined = concat(parts, { axis: -1 });
    return [joined, ...gradients(sumAll(mul(joined, weights)), parts)];
  });
  const [joined, ...grads] = evaluateReference(graph, result);
  assertEquals([...joined.data], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assertEquals(grads.map(({ data }) => data[0]), [10, 11, 12, 13, 14, 15, 16, 17, 18]);
});

Deno.test("concat() of one part records nothing", () => {
  const x = zeros(2, 3);
  const { graph } = trace(() => assertStrictEquals(concat([x], { axis: 1 }), asTensor(x)));
  assertEquals(graph.nodes.length, 0);
});

Deno.test("concat() refuses parts that do not fit together", () => {
  const refuse = (parts: Variable[], axis: number) =>
    assertThrows(() => trace(() => concat(parts, { axis })), RangeError).message;
  assertEquals(
    refuse([zeros(2, 3), zeros(3, 3)], 1),
    "Cannot concatenate along axis 1: shapes do not fit together, f32 [2, 3] and f32 [3, 3]",
  );
  assertEquals(
    refuse([zeros(2), new Variable("u", u32(2))], 0),
    "Cannot concatenate along axis 0: shapes do not fit together, f32 [2] and u32 [2]",
  );
  assertEquals(
    refuse([zeros(2)], 1),
    "Cannot concatenate along axis 1: shapes do not fit together, f32 [2]",
  );
  assertEquals(refuse([], 0), "Cannot concatenate: no parts were given");
});
