import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { gradients } from "./autograd.ts";
import { trace } from "../graph/graph.ts";
import { add, div, mul, scale, square, sub } from "../ops/arithmetic.ts";
import { conv2d } from "../ops/conv2d.ts";
import { correct } from "../ops/correct.ts";
import { sumAll } from "../ops/reduce_sum.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32, u32 } from "../arrays/shape.ts";
import { type Tensor, Variable } from "../graph/tensor.ts";

const vector = (...values: number[]) => new Variable("v", f32(values.length), Float32Array.from(values));

/** Values of what `build` returns, from the float64 references. */
function evaluate(build: () => readonly Tensor[]): number[][] {
  const { graph, result } = trace(build);
  return evaluateReference(graph, result).map((value) => [...value.data]);
}

Deno.test("gradients() adds up what comes back along every branch", () => {
  const x = vector(3, -2);
  // d/dx of x² + 2x + x·x² = 2x + 2 + 3x²
  const build = () => {
    const squared = square(x);
    return gradients(sumAll(add(add(squared, scale(x, 2)), mul(x, squared))), [x]);
  };
  assertEquals(evaluate(build), [[2 * 3 + 2 + 27, -4 + 2 + 12]]);
});

Deno.test("gradients() adds up both operands where an operation takes a value twice", () => {
  const x = vector(3, -2);
  assertEquals(evaluate(() => gradients(sumAll(mul(x, x)), [x])), [[6, -4]]);
  assertEquals(evaluate(() => gradients(sumAll(sub(x, x)), [x])), [[0, 0]]);
});

Deno.test("gradients() have the shapes of what they belong to, broadcast or not", () => {
  const a = new Variable("a", f32(2, 3), Float32Array.of(1, 2, 3, 4, 5, 6));
  const cases: [number[], number[]][] = [[[3], [5, 7, 9]], [[2, 1], [6, 15]], [[], [21]], [[1, 1, 1], [21]]];
  for (const [shape, expected] of cases) {
    const b = new Variable("b", f32(...shape), new Float32Array(expected.length).fill(1));
    const { graph, result } = trace(() => gradients(sumAll(mul(a, b)), [b]));
    assertEquals(result[0].shape, shape);
    assertEquals([...evaluateReference(graph, result)[0].data], expected);
  }
});

Deno.test("gradients() start from a seed where there is one", () => {
  const x = vector(3, -2);
  const seed = vector(10, 100);
  assertEquals(evaluate(() => gradients(square(x), [x], { seed: scale(seed, 1) })), [[60, -400]]);
});

Deno.test("gradients() of a tensor on the way are those of everything after it", () => {
  const x = vector(3, -2);
  const build = () => {
    const middle = scale(x, 2);
    return gradients(sumAll(square(middle)), [middle, x]);
  };
  assertEquals(evaluate(build), [[12, -8], [24, -16]]);
});

Deno.test("gradients() record nothing for what nobody asks for", () => {
  const image = new Variable("x", f32(1, 4, 4, 2));
  const weights = new Variable("w", f32(3, 3, 3, 2)), bias = new Variable("b", f32(3));
  const recorded = (wrt: Variable[]) => {
    const { graph, result: before } = trace(() => {
      const loss = sumAll(conv2d(image, weights, { bias, padding: 1 }));
      const count = loss.graph.nodes.length;
      gradients(loss, wrt);
      return count;
    });
    return graph.nodes.slice(before).map((node) => node.op.name);
  };
  const onlyInput = recorded([image]), onlyWeights = recorded([weights]);
  assertEquals(onlyInput.filter((name) => name.startsWith("conv2d")), ["conv2d_grad_input"]);
  assertEquals(onlyWeights.filter((name) => name.startsWith("conv2d")), ["conv2d_grad_weights"]);
  assertEquals(onlyInput.length, onlyWeights.length);
  assertEquals(recorded([bias]).filter((name) => name.startsWith("conv2d")), []);
  assertEquals(recorded([image, weights]).length, onlyInput.length + 1);
});

Deno.test("gradients() leave branches alone that do not lead to what they are asked for", () => {
  const [x, y] = [vector(1, 2), vector(3, 4)];
  const { graph, result: before } = trace(() => {
    const loss = sumAll(add(scale(x, 2), div(square(y), y)));
    const count = loss.graph.nodes.length;
    gradients(loss, [x]);
    return count;
  });
  const recorded = graph.nodes.slice(before).map((node) => node.op.name);
  assertNotEquals(recorded, []);
  assertEquals(recorded.filter((name) => name === "div" || name === "mul"), []);
});

Deno.test("gradients() refuse several elements without a seed, and a seed of another shape", () => {
  const x = vector(1, 2);
  assertThrows(
    () => trace(() => gradients(square(x), [x])),
    RangeError,
    "Cannot differentiate: expected one element or a seed, got shape [2]",
  );
  assertThrows(
    () => trace(() => gradients(square(x), [x], { seed: sumAll(x) })),
    RangeError,
    "Cannot differentiate: expected a seed of [2], got []",
  );
});

Deno.test("gradients() name what the outcome does not depend on", () => {
  const x = vector(1), other = new Variable("other", f32(1));
  assertThrows(
    () => trace(() => gradients(sumAll(x), [x, other])),
    RangeError,
    'Cannot differentiate: the outcome does not depend on variable "other" (number 1)',
  );
});

Deno.test("gradients() name the operation that has none, unless it lies off the way", () => {
  const logits = new Variable("logits", f32(2, 3)), labels = new Variable("labels", u32(2));
  assertThrows(
    () => trace(() => gradients(sumAll(correct(logits, labels)), [logits])),
    TypeError,
    "Cannot differentiate: correct has no gradient",
  );
  const weight = new Variable("weight", f32(2, 1), Float32Array.of(1, 1));
  const build = () => gradients(sumAll(mul(correct(logits, labels), weight)), [weight]);
  assertEquals(evaluate(build), [[1, 1]]);
});
