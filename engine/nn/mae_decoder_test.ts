import { assertEquals, assertNotEquals } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { stream } from "../../common/random.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32, u32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { assertClose } from "../testing/compare.ts";
import { createMaeDecoder } from "./mae_decoder.ts";

const ENCODER_DIM = 6, OUTPUTS = 12;
const decoder = createMaeDecoder({
  encoderDim: ENCODER_DIM,
  dim: 8,
  depth: 1,
  heads: 2,
  mlpRatio: 2,
  rows: 2,
  columns: 3,
  outputs: OUTPUTS,
  seed: 0,
});

/** Encoded tokens of one image: the class token, then those asked for, drawn by their number. */
function encoded(numbers: readonly number[]): Variable {
  const values = [0, ...numbers.map((n) => n + 1)].flatMap((example) => [
    ...stream(0, "encoded").fillNormal(0, new Float32Array(ENCODER_DIM), { example }),
  ]);
  return new Variable("encoded", f32(1, 1 + numbers.length, ENCODER_DIM), Float32Array.from(values));
}

/** Predictions [6, 12] from visible patches at the given places. */
function predict(places: readonly number[], numbers = places): Float64Array {
  const visible = new Variable("visible", u32(1, places.length), Uint32Array.from(places));
  const { graph, result } = trace(() => decoder.apply(encoded(numbers), visible));
  assertEquals(result.shape, [1, 6, OUTPUTS]);
  return evaluateReference(graph, [result])[0].data;
}

Deno.test("createMaeDecoder() puts tokens at their places, in whatever order they come", () => {
  assertClose("predictions", predict([4, 0, 3]), { expected: predict([0, 3, 4]), atol: 1e-12, rtol: 0 });
  assertNotEquals(predict([0, 3, 5], [0, 3, 4]), predict([0, 3, 4]));
});

Deno.test("createMaeDecoder() tells hidden patches apart by their positions", () => {
  const found = predict([4]);
  const patch = (t: number) => [...found.subarray(t * OUTPUTS, (t + 1) * OUTPUTS)];
  for (const t of [1, 2, 3, 5]) assertNotEquals(patch(t), patch(0));
});

Deno.test("createMaeDecoder() names its parameters as MAE's code does", () => {
  const names = decoder.parameters.map(({ name, shape }) => `${name} ${shape}`);
  assertEquals(names.slice(0, 3), ["mask_token 1,1,8", "decoder_embed.weight 8,6", "decoder_embed.bias 8"]);
  assertEquals(names[3], "decoder_blocks.0.norm1.weight 8");
  assertEquals(names.slice(-4), [
    "decoder_norm.weight 8",
    "decoder_norm.bias 8",
    "decoder_pred.weight 12,8",
    "decoder_pred.bias 12",
  ]);
});
