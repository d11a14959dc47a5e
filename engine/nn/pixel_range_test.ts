import { assertEquals, assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32 } from "../arrays/shape.ts";
import { assertClose } from "../testing/compare.ts";
import { Variable } from "../graph/tensor.ts";
import { fromSymmetric, pixelsFrom, toSymmetric, WHOLE_RANGE } from "./pixel_range.ts";

const pixels = new Variable("x", f32(5), Float32Array.of(0, 0.125, 0.25, 0.5, 1));

Deno.test("toSymmetric() stretches the range to [-1, 1]", () => {
  const { graph, result } = trace(() => [toSymmetric(pixels, [0, 0.25]), toSymmetric(pixels, WHOLE_RANGE)]);
  const [narrow, whole] = evaluateReference(graph, result).map(({ data }) => [...data]);
  assertEquals(narrow, [-1, 0, 1, 3, 7]);
  assertEquals(whole, [-1, -0.75, -0.5, 0, 1]);
});

Deno.test("fromSymmetric() and pixelsFrom() undo toSymmetric()", () => {
  const range = [0.1, 0.7] as const;
  const { graph, result } = trace(() => {
    const there = toSymmetric(pixels, range);
    return [there, fromSymmetric(there, range)];
  });
  const [there, back] = evaluateReference(graph, result);
  const expected = { expected: [0, 0.125, 0.25, 0.5, 1], atol: 1e-6, rtol: 0 };
  assertClose("recorded", back.data, expected);
  assertClose("on the host", pixelsFrom(Float32Array.from(there.data), range), expected);
});

Deno.test("toSymmetric() refuses a range that does not rise", () => {
  const error = assertThrows(() => trace(() => toSymmetric(pixels, [0.5, 0.5])), RangeError);
  assertEquals(
    error.message,
    "Cannot stretch pixels: pixelRange has to rise by at least 0.001 within -10 and 10, it is 0.5 to 0.5",
  );
});
