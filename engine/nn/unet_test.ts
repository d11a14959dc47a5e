import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { gradients } from "../autograd/autograd.ts";
import { liveNodes, trace } from "../graph/graph.ts";
import { sumAll } from "../ops/reduce_sum.ts";
import { square } from "../ops/arithmetic.ts";
import { Program } from "../program/program.ts";
import { stream } from "../../common/random.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32, u32 } from "../arrays/shape.ts";
import { type Tensor, Variable } from "../graph/tensor.ts";
import { assertClose } from "../testing/compare.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";
import { type Unet, unet, type UnetConfig } from "./unet.ts";

const CONFIG: UnetConfig = {
  height: 4,
  width: 8,
  channels: 3,
  base: 4,
  multipliers: [1, 2],
  blocks: 1,
  attentionLevels: [1],
  heads: 2,
  dropout: 0.3,
  groups: 2,
};

/** A U-Net in which no layer is 0 any more. */
function trained(own: Partial<UnetConfig> = {}): Unet {
  const made = unet({ ...CONFIG, ...own }, { seed: 0 });
  for (const { name, initial } of made.parameters) {
    if (initial.every((v) => v === 0)) {
      stream(1, name).fillNormal(0, initial as Float32Array).forEach((v, i) => initial[i] = 0.2 * v);
    }
  }
  return made;
}

function images(count: number): Variable {
  const pixels = stream(2, "images").fillNormal(0, new Float32Array(count * 96));
  return new Variable("images", f32(count, 4, 8, 3), pixels);
}

const times = (...t: number[]) => new Variable("t", u32(t.length), Uint32Array.from(t));

function random(...examples: number[]) {
  return {
    examples: new Variable("examples", u32(examples.length), Uint32Array.from(examples)),
    step: new Variable("step", u32()),
    stream: stream(0, "dropout"),
  };
}

gpuTest("unet() predicts on the GPU what its reference predicts, and has its gradients", async (gpu) => {
  const made = trained(), x = images(2), t = times(3, 900);
  const chosen = made.parameters.filter(({ name }) =>
    /stem.weight|in_2.attention.q.weight|time.0.bias|head.bias/.test(name)
  );
  const build = () => {
    const y = made.predict(x, { t, random: random(5, 9) });
    const grads = gradients(sumAll(square(y)), chosen);
    return Object.fromEntries<Tensor>([
      ["y", y],
      ...grads.map((g, i): [string, Tensor] => [chosen[i].name, g]),
    ]);
  };
  const { graph, result } = trace(build);
  const program = await Program.compile(gpu, "unet", build);
  program.run();
  const expected = evaluateReference(graph, Object.values(result));
  for (const [i, name] of Object.keys(result).entries()) {
    const { data } = expected[i];
    const largest = data.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
    assertClose(name, await program.read(name), { expected: data, atol: 1e-4 * largest, rtol: 1e-3 });
  }
  program.dispose();
  release(gpu, trace(build).graph.variables);
});

Deno.test("unet() predicts no noise at first, since its last layer starts at 0", () => {
  const made = unet(CONFIG, { seed: 0 });
  const { graph, result } = trace(() => made.predict(images(1), { t: times(3) }));
  assertEquals(result.shape, [1, 4, 8, 3]);
  assert(evaluateReference(graph, [result])[0].data.every((v) => v === 0));
});

Deno.test("unet() gives every parameter a gradient", () => {
  const made = trained();
  const { graph, result } = trace(() =>
    gradients(sumAll(square(made.predict(images(2), { t: times(1, 2) }))), made.parameters)
  );
  evaluateReference(graph, result).forEach(({ data }, i) => {
    const { name } = made.parameters[i];
    // The same number added to all keys changes no softmax.
    if (name.endsWith("attention.k.bias")) return;
    assert(data.some((v) => Math.abs(v) > 1e-9), `${name} has no gradient`);
  });
  assertEquals(new Set(made.parameters.map(({ name }) => name)).size, made.parameters.length);
});

Deno.test("unet() treats every example alone", () => {
  const made = trained(), two = images(2), one = images(1);
  const predict = (x: Variable, t: Variable, examples: number[]) => {
    const { graph, result } = trace(() => made.predict(x, { t, random: random(...examples) }));
    return evaluateReference(graph, [result])[0].data;
  };
  const both = predict(two, times(7, 8), [3, 4]), alone = predict(one, times(7), [3]);
  assertClose("alone", both.slice(0, 96), { expected: alone, atol: 1e-12, rtol: 0 });
  assertNotEquals(predict(one, times(8), [3]), alone);
  assertNotEquals(predict(one, times(7), [4]), alone);
});

Deno.test("unet() takes one timestep for all examples", () => {
  const made = trained();
  const predict = (t: Variable) => {
    const { graph, result } = trace(() => made.predict(images(2), { t }));
    return evaluateReference(graph, [result])[0].data;
  };
  assertClose("predicted", predict(times(9)), { expected: predict(times(9, 9)), atol: 1e-12, rtol: 0 });
});

Deno.test("unet() names its blocks by side and number, attention included", () => {
  const made = unet({ ...CONFIG, height: 8, multipliers: [1, 2, 2, 2], blocks: 2, attentionLevels: [] }, {
    seed: 0,
  });
  assertEquals(made.blockNames.slice(0, 2), ["in_1", "in_2"]);
  assertEquals(made.blockNames.slice(7, 10), ["in_8", "mid", "out_1"]);
  assertEquals(made.blockNames.length, 8 + 1 + 12);
  assertEquals(Object.keys(made.blockWidths), [...made.blockNames]);
  const x = new Variable("x", f32(1, 8, 8, 3));
  const shapeOf = (name: string) => trace(() => made.block(x, { t: times(0), name })).result.shape;
  assertEquals(shapeOf("in_1"), [1, 8, 8, 4]);
  assertEquals(shapeOf("mid"), [1, 1, 1, 8]);
  assertEquals(shapeOf("out_3"), [1, 1, 1, 8]);
  assertEquals(shapeOf("out_6"), [1, 2, 2, 8]);
  assertEquals(shapeOf("out_12"), [1, 8, 8, 4]);
});

Deno.test("block() computes no later layer, and prediction continues from it", () => {
  const made = trained();
  const count = (name: string) => {
    const { graph, result } = trace(() => made.block(images(1), { t: times(0), name }));
    return liveNodes(graph, [result]).length;
  };
  const counts = made.blockNames.map(count);
  assertEquals(counts.toSorted((a, b) => a - b), counts);
  const { graph, result } = trace(() => {
    const block = made.block(images(1), { t: times(0), name: "out_4" });
    return [block, made.predict(images(1), { t: times(0) })];
  });
  assertEquals(evaluateReference(graph, result).map(({ shape }) => shape), [[1, 4, 8, 4], [1, 4, 8, 3]]);
});

Deno.test("block() refuses a block that does not exist and lists those that do", () => {
  const made = unet(CONFIG, { seed: 0 });
  assertThrows(
    () => trace(() => made.block(images(1), { t: times(0), name: "out_9" })),
    RangeError,
    'no block "out_9", its blocks are in_1, in_2, mid, out_1, out_2, out_3, out_4',
  );
});

Deno.test("unet() refuses images of another size", () => {
  const made = unet(CONFIG, { seed: 0 }), x = new Variable("x", f32(1, 8, 8, 3));
  assertThrows(
    () => trace(() => made.predict(x, { t: times(0) })),
    RangeError,
    "Cannot apply U-Net: expected images [B, 4, 8, 3], got [1, 8, 8, 3]",
  );
});
