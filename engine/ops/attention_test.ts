import { assertEquals, assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { Program } from "../program/program.ts";
import { evaluateReference } from "../graph/reference.ts";
import { gradients } from "../autograd/autograd.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { assertClose } from "../testing/compare.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";
import { attention, attentionOp } from "./attention.ts";
import { attentionGradOp } from "./attention_grad.ts";
import { sumAll } from "./reduce_sum.ts";

checkOp(attentionOp);
checkOp(attentionGradOp);

const zeros = (...shape: number[]) => new Variable("zeros", f32(...shape));

gpuTest("attention() takes scores whose exponentials float32 cannot hold", async (gpu) => {
  const make = (name: string, ...values: number[]) =>
    new Variable(name, f32(1, 3, 1), Float32Array.from(values));
  const [q, k, v] = [make("q", 40, -40, 0), make("k", 30, -20, 29.99), make("v", 1, 2, 4)];
  const build = () => {
    const out = attention(q, k, v, { heads: 1 });
    return [out, ...gradients(sumAll(out), [q, k, v])];
  };
  const { graph, result } = trace(build);
  const expected = evaluateReference(graph, result);
  const program = await Program.compile(gpu, "attention", () => {
    return Object.fromEntries(build().map((t, i) => [`${i}`, t]));
  });
  program.run();
  for (let i = 0; i < 4; i++) {
    const found = await program.read(`${i}`);
    assertClose(`output ${i}`, found, { expected: expected[i].data, atol: 1e-4, rtol: 1e-3 });
  }
  program.dispose();
  release(gpu, [q, k, v]);
});

Deno.test("attention() of heads that are no whole vec4s is that of each head alone", () => {
  const values = (name: string) => {
    const data = Float32Array.from({ length: 2 * 3 * 6 }, (_, i) => Math.sin(i * i + name.length));
    return new Variable(name, f32(2, 3, 6), data);
  };
  const [q, k, v] = [values("q"), values("kk"), values("vvv")];
  const half = (x: Variable, h: number) => {
    const data = x.initial.filter((_, i) => Math.floor(i % 6 / 3) === h);
    return new Variable(x.name, f32(2, 3, 3), data as Float32Array);
  };
  const both = trace(() => attention(q, k, v, { heads: 2 }));
  const [out] = evaluateReference(both.graph, [both.result]);
  for (const h of [0, 1]) {
    const [qh, kh, vh] = [q, k, v].map((x) => half(x, h));
    const one = trace(() => attention(qh, kh, vh, { heads: 1 }));
    const expected = evaluateReference(one.graph, [one.result])[0].data;
    const found = out.data.filter((_, i) => Math.floor(i % 6 / 3) === h);
    assertClose(`head ${h}`, found, { expected, atol: 1e-12, rtol: 1e-12 });
  }
});

Deno.test("attention() refuses shapes that do not fit together", () => {
  const refuse = (q: Variable, k: Variable, heads: number) =>
    assertThrows(() => trace(() => attention(q, k, k, { heads })), RangeError).message;
  assertEquals(refuse(zeros(1, 2, 8), zeros(1, 2, 8), 3), "Cannot attend: 3 heads do not divide 8 features");
  assertEquals(
    refuse(zeros(1, 2, 8), zeros(2, 2, 8), 2),
    "Cannot attend: expected queries [B, T, D], keys and values [B, U, D], got [1, 2, 8], [2, 2, 8], [2, 2, 8]",
  );
  assertEquals(
    refuse(zeros(1, 2, 8), zeros(1, 0, 8), 2),
    "Cannot attend: expected queries and keys, got [1, 2, 8] and [1, 0, 8]",
  );
});
