import { assertEquals, assertLess, assertNotEquals, assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { Program } from "../program/program.ts";
import { stream } from "../../common/random.ts";
import { evaluateReference } from "../graph/reference.ts";
import { u32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";
import { randomOrder, randomOrderOp } from "./random_order.ts";

checkOp(randomOrderOp);

const TOKENS = 21;

/** Orders of numbered examples, by the reference. */
function orders(examples: readonly number[], { step = 0, purpose = "mask", take = TOKENS } = {}): number[][] {
  const { graph, result } = trace(() => {
    const random = {
      examples: new Variable("examples", u32(examples.length), Uint32Array.from(examples)),
      step: new Variable("step", u32(), Uint32Array.of(step)),
      stream: stream(3, purpose),
    };
    return randomOrder({ count: TOKENS, take, random });
  });
  const { data } = evaluateReference(graph, [result])[0];
  return examples.map((_, b) => [...data.subarray(b * take, (b + 1) * take)]);
}

Deno.test("randomOrder() holds every number once, in another order by example, step and stream", () => {
  const [order] = orders([7]);
  assertEquals(order.toSorted((a, b) => a - b), Array.from({ length: TOKENS }, (_, t) => t));
  for (const other of [orders([8]), orders([7], { step: 1 }), orders([7], { purpose: "noise" })]) {
    assertNotEquals(other[0], order);
  }
});

Deno.test("randomOrder() does not depend on the batch, nor on how many are taken", () => {
  const [order] = orders([7]);
  assertEquals(orders([1, 2, 7])[2], order);
  assertEquals(orders([7, 9], { take: 6 })[0], order.slice(0, 6));
});

Deno.test("randomOrder() puts every number first about equally often", () => {
  const examples = Array.from({ length: 2100 }, (_, i) => i);
  const counts = new Array<number>(TOKENS).fill(0);
  for (const [first] of orders(examples, { take: 1 })) counts[first]++;
  const chiSquare = counts.reduce((sum, n) => sum + (n - 100) ** 2 / 100, 0);
  // The 0.999 quantile for 20 degrees of freedom is 45.3.
  assertLess(chiSquare, 45.3);
});

gpuTest("randomOrder() agrees with its reference bit by bit", async (gpu) => {
  const examples = [3, 70_000, 4_000_000_000];
  const random = {
    examples: new Variable("examples", u32(3), Uint32Array.from(examples)),
    step: new Variable("step", u32()),
    stream: stream(3, "mask"),
  };
  const program = await Program.compile(
    gpu,
    "order",
    () => ({ order: randomOrder({ count: TOKENS, random }) }),
  );
  program.run();
  assertEquals([...await program.read("order")], orders(examples).flat());
  program.dispose();
  release(gpu, [random.examples, random.step]);
});

Deno.test("randomOrder() refuses invalid counts, and more than there are", () => {
  const source = () => ({
    examples: new Variable("examples", u32(2)),
    step: new Variable("step", u32()),
    stream: stream(0, "mask"),
  });
  assertThrows(
    () => trace(() => randomOrder({ count: 0, random: source() })),
    RangeError,
    "Cannot draw an order: the count has to be an integer of at least 1, it is 0",
  );
  assertThrows(
    () => trace(() => randomOrder({ count: 4, take: 5, random: source() })),
    RangeError,
    "Cannot draw an order: 5 of 4 were asked for",
  );
});
