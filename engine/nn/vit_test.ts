import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { gradients } from "../autograd/autograd.ts";
import { trace } from "../graph/graph.ts";
import { square } from "../ops/arithmetic.ts";
import { meanAll } from "../ops/reduce_sum.ts";
import { Program } from "../program/program.ts";
import { stream } from "../../common/random.ts";
import { evaluateReference, type ReferenceState } from "../graph/reference.ts";
import { f32 } from "../arrays/shape.ts";
import { type Tensor, Variable } from "../graph/tensor.ts";
import { assertClose } from "../testing/compare.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";
import { parameterCount } from "./model.ts";
import { createTransformerBlock } from "./transformer_block.ts";
import { vit, type VitConfig } from "./vit.ts";

const TINY: VitConfig = { height: 8, width: 12, patchSize: 4, dim: 24, depth: 2, heads: 3, mlpRatio: 2 };

function normal(name: string, ...shape: number[]): Variable {
  const values = new Float32Array(shape.reduce((a, b) => a * b));
  return new Variable(name, f32(...shape), stream(5, name).fillNormal(0, values));
}

/** Compiles and runs what `build` returns, and compares each tensor with its float64 reference. */
function agrees(name: string, build: () => Record<string, Tensor>): void {
  for (const readPath of ["buffer", "texture"] as const) {
    gpuTest(`${name} agrees with its float64 reference, ${readPath}`, async (gpu) => {
      const { graph, result } = trace(build);
      const names = Object.keys(result);
      const expected = evaluateReference(graph, names.map((key) => result[key]));
      const program = await Program.compile(gpu, name, build);
      program.run();
      for (const [i, key] of names.entries()) {
        const found = await program.read(key);
        assertClose(key, found, { expected: expected[i].data, atol: 2e-5, rtol: 1e-3 });
      }
      program.dispose();
      release(gpu, graph.variables);
    }, readPath);
  }
}

const block = createTransformerBlock("block", { dim: 24, heads: 3, mlpRatio: 2, seed: 1 });
const tokens = normal("tokens", 2, 5, 24);
agrees("createTransformerBlock()", () => {
  const y = block.apply(tokens);
  const wrt = [tokens, ...block.parameters];
  const grads = gradients(meanAll(square(y)), wrt);
  return Object.fromEntries([["y", y], ...grads.map((g, i): [string, Tensor] => [wrt[i].name, g])]);
});

const model = vit(TINY, { seed: 1 });
const images = normal("images", 2, 8, 12, 3);
agrees("vit()", () => {
  const y = model.features(images);
  const wrt = [images, ...model.parameters];
  const grads = gradients(meanAll(square(y)), wrt);
  return Object.fromEntries([["y", y], ...grads.map((g, i): [string, Tensor] => [wrt[i].name, g])]);
});

Deno.test("vit() has the parameters of PyTorch's networks, under their names", () => {
  // ViT-Tiny of timm without its head (193,000) and learnt positions (197 x 192).
  const tiny = vit({ height: 224, width: 224, patchSize: 16, dim: 192, depth: 12, heads: 3 }, { seed: 0 });
  assertEquals(parameterCount(tiny), 5_717_416 - 193_000 - 197 * 192);
  assertEquals(tiny.buffers.map(({ name }) => name), ["pos_embed"]);
  const shapes = Object.fromEntries(tiny.parameters.map(({ name, shape }) => [name, shape]));
  assertEquals(Object.keys(shapes).length, 3 + 12 * 12 + 2);
  assertEquals(shapes["cls_token"], [1, 1, 192]);
  assertEquals(shapes["patch_embed.proj.weight"], [192, 16, 16, 3]);
  assertEquals(shapes["blocks.11.attn.qkv.weight"], [576, 192]);
  assertEquals(shapes["blocks.0.mlp.fc1.bias"], [768]);
  for (const name of ["patch_embed.proj.bias", "blocks.3.attn.proj.weight", "blocks.5.norm1.weight"]) {
    assert(name in shapes, name);
  }
  assert("blocks.7.norm2.bias" in shapes && "blocks.0.mlp.fc2.weight" in shapes && "norm.weight" in shapes);
});

Deno.test("vit() gives tokens and features of the expected shapes", () => {
  assertEquals([model.tokens, model.featureSize], [6, 24]);
  trace(() => {
    assertEquals(model.patchify(images).shape, [2, 6, 48]);
    const embedded = model.embed(images);
    assertEquals(embedded.shape, [2, 6, 24]);
    assertEquals(model.encode(normal("some", 2, 3, 24)).shape, [2, 4, 24]);
    assertEquals(model.features(images).shape, [2, 24]);
  });
});

Deno.test("vit() draws a parameter from the seed and its name alone", () => {
  const initial = (seed: number, depth: number) =>
    new Map(vit({ ...TINY, depth }, { seed }).parameters.map((v) => [v.name, v.initial]));
  const [one, deeper, other] = [initial(1, 1), initial(1, 2), initial(2, 1)];
  for (const [name, values] of one) assertEquals(deeper.get(name), values, name);
  assertNotEquals(other.get("cls_token"), one.get("cls_token"));
  const bound = Math.sqrt(6 / (24 + 72));
  const weights = one.get("blocks.0.attn.qkv.weight")!;
  const largest = Math.max(...weights.map((v) => Math.abs(v)));
  assert(largest <= bound && largest > 0.98 * bound, `${largest}`);
});

Deno.test("vit() features do not depend on the rest of the batch", () => {
  const features = (data: Float32Array, count: number) => {
    const x = new Variable("x", f32(count, 8, 12, 3), data);
    const { graph, result } = trace(() => model.features(x));
    const state: ReferenceState = new Map();
    return evaluateReference(graph, [result], state)[0].data;
  };
  const both = images.initial as Float32Array;
  assertEquals(features(both, 2).slice(24), features(both.slice(288), 1));
});

Deno.test("vit() refuses sizes that do not fit together", () => {
  const refuse = (some: Partial<VitConfig>) =>
    assertThrows(() => vit({ ...TINY, ...some }, { seed: 0 }), RangeError).message;
  assertEquals(
    refuse({ patchSize: 5 }),
    "Cannot make a vision transformer: the patches do not divide the images, patches of 5 x 5 and images of 8 x 12 pixels",
  );
  assertEquals(
    refuse({ heads: 5 }),
    "Cannot make a vision transformer: the heads do not divide the dimension, 5 heads and dimension 24",
  );
  assertEquals(
    refuse({ dim: 6 }),
    "Cannot make a vision transformer: 4 does not divide the dimension, 4 parts and dimension 6",
  );
  assertEquals(
    refuse({ depth: 0 }),
    "Cannot make a vision transformer: depth must be a whole number from 1 up, got 0",
  );
  assertEquals(
    refuse({ mlpRatio: 0 }),
    "Cannot make a vision transformer: mlpRatio must be positive, got 0",
  );
  assertThrows(
    () => trace(() => model.features(normal("large", 1, 16, 16, 3))),
    RangeError,
    "Cannot apply vision transformer: expected images [B, 8, 12, 3], got [1, 16, 16, 3]",
  );
});
