import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { asTensor, trace } from "../graph/graph.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { adam } from "./adam.ts";
import { checkScalars, decayMatricesOnly, ParameterState } from "./optimizer.ts";
import { sgd } from "./sgd.ts";

const weight = new Variable("fc.weight", f32(2, 3)), bias = new Variable("fc.bias", f32(2));

Deno.test("sgd() keeps one named velocity a parameter, however often it is recorded", () => {
  const optimizer = sgd({ momentum: 0.9 });
  const build = () => optimizer.step([weight, bias], [weight, bias].map(asTensor));
  const { graph } = trace(build);
  assertEquals(graph.nodes.length, 1);
  const first = optimizer.state;
  assertEquals(first.map((v) => v.name), ["fc.weight.momentum_buffer", "fc.bias.momentum_buffer"]);
  assertEquals(first.map((v) => v.shape), [[2, 3], [2]]);
  trace(build);
  optimizer.state.forEach((v, i) => assertStrictEquals(v, first[i]));
  assertEquals(optimizer.state.length, 2);
});

Deno.test("sgd() without momentum keeps no state", () => {
  const optimizer = sgd();
  trace(() => optimizer.step([weight], [asTensor(weight)]));
  assertEquals(optimizer.state, []);
});

Deno.test("sgd() refuses options out of range", () => {
  assertThrows(
    () => sgd({ momentum: 1 }),
    RangeError,
    "Cannot set momentum: it must lie in [0, 1), got 1",
  );
  assertThrows(
    () => sgd({ weightDecay: -1 }),
    RangeError,
    "weightDecay: it must lie in [0, Infinity), got -1",
  );
  assertThrows(() => sgd({ nesterov: true }), RangeError, "nesterov needs momentum above 0, got 0");
});

Deno.test("sgd() refuses lists that do not belong together", () => {
  const record = (params: Variable[], grads: Variable[]) => () =>
    trace(() => sgd().step(params, grads.map(asTensor)));
  assertThrows(record([weight, bias], [weight]), RangeError, "differs from that of the gradients, 2 and 1");
  assertThrows(record([weight], [bias]), RangeError, "parameter [2, 3], gradient [2]");
  assertThrows(record([bias, bias], [bias, bias]), RangeError, "it is listed twice, at 0 and 1");
});

Deno.test("adam() names its moments as PyTorch does", () => {
  const optimizer = adam();
  trace(() => optimizer.step([weight, bias], [weight, bias].map(asTensor)));
  const names = ["fc.weight.exp_avg", "fc.bias.exp_avg", "fc.weight.exp_avg_sq", "fc.bias.exp_avg_sq"];
  assertEquals(optimizer.state.map((v) => v.name), names);
});

Deno.test("adam() refuses options out of range", () => {
  assertThrows(() => adam({ betas: [0.9, 1] }), RangeError, "betas[1]: it must lie in [0, 1), got 1");
  assertThrows(() => adam({ eps: 0 }), RangeError, "eps: it must lie in [1e-30, Infinity), got 0");
});

Deno.test("ParameterState refuses two parameters of one name", () => {
  const state = new ParameterState("m");
  state.of(weight);
  assertThrows(
    () => state.of(new Variable("fc.weight", f32(4))),
    RangeError,
    'Cannot keep state of parameter "fc.weight"',
  );
});

Deno.test("decayMatricesOnly() leaves out biases and scales", () => {
  assertEquals([weight, bias, new Variable("s", f32())].map(decayMatricesOnly), [true, false, false]);
});

Deno.test("checkScalars() refuses steps and learning rates that make no sense", () => {
  checkScalars({ step: 0, learningRate: 0 });
  assertThrows(() => checkScalars({ step: -1, learningRate: 0.1 }), RangeError, "got -1");
  assertThrows(() => checkScalars({ step: 0.5, learningRate: 0.1 }), RangeError, "got 0.5");
  assertThrows(
    () => checkScalars({ step: 0, learningRate: NaN }),
    RangeError,
    "Cannot prepare update: the learning rate must be finite and not negative, got NaN",
  );
});
