import { assertEquals, assertThrows } from "@std/assert";
import { gradients } from "../autograd/autograd.ts";
import { trace } from "../graph/graph.ts";
import { Program } from "../program/program.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32, u32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";
import { gatherTokens } from "./gather_tokens.ts";
import { sumAll } from "./reduce_sum.ts";
import { absentTokens, scatterTokens, scatterTokensOp } from "./scatter_tokens.ts";

checkOp(scatterTokensOp);

const index = new Variable("index", u32(2, 3), Uint32Array.of(4, 0, 2, 1, 2, 3));
const fill = new Variable("fill", f32(1, 1, 5), Float32Array.of(1, 2, 3, 4, 5));

gpuTest("scatterTokens() is undone by gatherTokens(), bit by bit", async (gpu) => {
  const values = Float32Array.from({ length: 30 }, (_, i) => Math.sin(i + 1));
  const x = new Variable("x", f32(2, 3, 5), values);
  const program = await Program.compile(gpu, "there and back", () => {
    return { back: gatherTokens(scatterTokens(x, { index, tokens: 5, fill }), index) };
  });
  program.run();
  assertEquals(await program.read("back"), values);
  program.dispose();
  release(gpu, [x, index, fill]);
});

Deno.test("scatterTokens() gives its filling as much gradient as there are empty places", () => {
  const x = new Variable("x", f32(2, 3, 5));
  const { graph, result } = trace(() =>
    gradients(sumAll(scatterTokens(x, { index, tokens: 7, fill })), [fill])
  );
  assertEquals([...evaluateReference(graph, result)[0].data], Array(5).fill(2 * (7 - 3)));
});

Deno.test("absentTokens() marks the places that no number names", () => {
  const { graph, result } = trace(() => absentTokens(index, { tokens: 5 }));
  assertEquals([...evaluateReference(graph, [result])[0].data], [0, 1, 0, 1, 0, 1, 0, 0, 0, 1]);
});

Deno.test("scatterTokens() refuses tokens without a number and a filling of another size", () => {
  const x = new Variable("x", f32(2, 4, 5));
  assertThrows(
    () => trace(() => scatterTokens(x, { index, tokens: 7, fill })),
    RangeError,
    "Cannot scatter tokens: expected one number for each token, got [2, 4, 5] and [2, 3]",
  );
  const three = new Variable("x", f32(2, 3, 4));
  assertThrows(
    () => trace(() => scatterTokens(three, { index, tokens: 7, fill })),
    RangeError,
    "Cannot scatter tokens: expected a filling of [4], got [1, 1, 5]",
  );
});
