import { assertEquals, assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { stream } from "../../common/random.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32 } from "../arrays/shape.ts";
import { assertClose } from "../testing/compare.ts";
import { Variable } from "../graph/tensor.ts";
import { createImageAttention } from "./image_attention.ts";

const OPTIONS = { channels: 4, heads: 2, groups: 2, seed: 0 };
const pixels = stream(0, "image").fillNormal(0, new Float32Array(2 * 3 * 2 * 4));

/** The term that the layer adds to the image. */
function added(projection: number, image = pixels): Float64Array {
  const layer = createImageAttention("attention", OPTIONS);
  layer.parameters.find(({ name }) => name === "attention.projection.weight")!.initial.forEach(
    (_, i, weight) => {
      weight[i] = i % 5 === 0 ? projection : 0;
    },
  );
  const x = new Variable("x", f32(2, 3, 2, 4), image);
  const { graph, result } = trace(() => layer.apply(x));
  return evaluateReference(graph, [result])[0].data.map((v, i) => v - image[i]);
}

Deno.test("createImageAttention() starts as the identity", () => {
  assertEquals([...added(0)], Array(48).fill(0));
});

Deno.test("createImageAttention() has no positions: permuted pixels give permuted results", () => {
  const swap = <T extends Float32Array | Float64Array>(values: T): T => {
    const out = values.slice() as T;
    out.set(values.subarray(0, 4), 20);
    out.set(values.subarray(20, 24), 0);
    return out;
  };
  assertClose("added", added(1, swap(pixels)), { expected: swap(added(1)), atol: 1e-12, rtol: 0 });
});

Deno.test("createImageAttention() refuses heads that do not divide the channels", () => {
  assertThrows(
    () => createImageAttention("attention", { ...OPTIONS, heads: 3 }),
    RangeError,
    'Cannot make "attention": the heads do not divide the channels, 3 heads and 4 channels',
  );
});
