import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { stream } from "../../common/random.ts";
import { evaluateReference } from "../graph/reference.ts";
import { u32 } from "../arrays/shape.ts";
import { checkOp } from "../testing/check_op.ts";
import { Variable } from "../graph/tensor.ts";
import { randomIntegers, randomIntegersOp } from "./random_integers.ts";

checkOp(randomIntegersOp);

function draw(count: number, { below, step = 0 }: { below: number; step?: number }): number[] {
  const examples = new Variable("examples", u32(count), Uint32Array.from({ length: count }, (_, i) => i));
  const { graph, result } = trace(() =>
    randomIntegers({
      examples,
      step: new Variable("step", u32(), Uint32Array.of(step)),
      stream: stream(5, "timesteps"),
      below,
    })
  );
  return [...evaluateReference(graph, [result])[0].data];
}

Deno.test("randomIntegers() draws what Stream.below() draws", () => {
  const expected = Array.from(
    { length: 20 },
    (_, example) => stream(5, "timesteps").below(1000, { step: 3, example }),
  );
  assertEquals(draw(20, { below: 1000, step: 3 }), expected);
});

Deno.test("randomIntegers() reaches every number about equally often", () => {
  const found = draw(8000, { below: 8 });
  for (let n = 0; n < 8; n++) assertAlmostEquals(found.filter((v) => v === n).length / 1000, 1, 0.12);
  assert(found.every((v) => v < 8));
});

Deno.test("randomIntegers() refuses an invalid bound", () => {
  for (const below of [0, 1.5, 2 ** 32]) {
    assertThrows(() => draw(1, { below }), RangeError, `between 1 and 2^32 - 1, it is ${below}`);
  }
});
