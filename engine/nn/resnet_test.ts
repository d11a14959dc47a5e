import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { gradients } from "../autograd/autograd.ts";
import { trace } from "../graph/graph.ts";
import { crossEntropy } from "../ops/cross_entropy.ts";
import { meanAll } from "../ops/reduce_sum.ts";
import { Program } from "../program/program.ts";
import { stream } from "../../common/random.ts";
import { evaluateReference, type ReferenceState } from "../graph/reference.ts";
import { f32, u32 } from "../arrays/shape.ts";
import { type Tensor, Variable } from "../graph/tensor.ts";
import { assertClose } from "../testing/compare.ts";
import { gpuTest } from "../testing/gpu.ts";
import { read, release } from "../graph/variables.ts";
import { type Model, parameterCount } from "./model.ts";
import { resnet, RESNET_ARCHS, type ResnetArch, type ResnetConfig } from "./resnet.ts";

const TINY: ResnetConfig = { arch: "resnet8", widths: [4, 6, 8], classes: 5 };

Deno.test("resnet() has the parameters of the PyTorch networks for 10 classes", () => {
  const expected: Record<ResnetArch, number> = {
    resnet8: 78_042,
    resnet18: 11_173_962,
    resnet50: 23_520_842,
  };
  for (const arch of RESNET_ARCHS) {
    const model = resnet({ arch, classes: 10 }, { seed: 0 });
    assertEquals(parameterCount(model), expected[arch], arch);
  }
});

Deno.test("resnet() gives features and logits of the expected shapes", () => {
  const images = new Variable("images", f32(2, 16, 16, 3));
  for (const [arch, size] of [["resnet8", 64], ["resnet18", 512], ["resnet50", 2048]] as const) {
    const model = resnet({ arch, classes: 7 }, { seed: 0 });
    assertEquals(model.featureSize, size);
    trace(() => {
      assertEquals(model.features(images, { mode: "eval" }).shape, [2, size]);
      assertEquals(model.logits(images, { mode: "train" }).shape, [2, 7]);
    });
  }
});

Deno.test("resnet() names its numbers as PyTorch does", () => {
  const { parameters, buffers } = resnet(TINY, { seed: 0 });
  const names = parameters.map(({ name }) => name);
  assertEquals(new Set([...names, ...buffers.map(({ name }) => name)]).size, names.length + buffers.length);
  const named = ["conv1.weight", "bn1.bias", "layer1.0.conv2.weight", "layer2.0.shortcut.0.weight"];
  for (const name of [...named, "layer3.0.shortcut.1.weight", "linear.weight", "linear.bias"]) {
    assert(names.includes(name), name);
  }
  assert(!names.some((name) => name.startsWith("layer1.0.shortcut")));
  const expected = ["running_mean", "running_var", "num_batches_tracked"].map((name) => `bn1.${name}`);
  assertEquals(buffers.slice(0, 3).map(({ name }) => name), expected);
});

Deno.test("resnet() draws a parameter from the seed and its name alone", () => {
  const byName = ({ parameters }: Model) => new Map(parameters.map((v) => [v.name, v.initial]));
  const one = byName(resnet(TINY, { seed: 3 }));
  assertEquals(byName(resnet(TINY, { seed: 3 })), one);
  assertNotEquals(byName(resnet(TINY, { seed: 4 })).get("conv1.weight"), one.get("conv1.weight"));
  const other = byName(resnet({ ...TINY, widths: [4, 6, 10], classes: 9 }, { seed: 3 }));
  assertEquals(other.get("layer2.0.conv1.weight"), one.get("layer2.0.conv1.weight"));
});

for (const readPath of ["buffer", "texture"] as const) {
  gpuTest(`resnet() agrees with its float64 reference in every mode, ${readPath}`, async (gpu) => {
    const model = resnet({ ...TINY, mean: [0.5, 0.4, 0.3], std: [0.2, 0.25, 0.3] }, { seed: 1 });
    const images = new Variable(
      "images",
      f32(4, 9, 8, 3),
      stream(2, "images").fillUniform(0, new Float32Array(864)),
    );
    const labels = new Variable("labels", u32(4), Uint32Array.of(0, 4, 2, 2));
    const build = () => {
      const loss = meanAll(crossEntropy(model.logits(images, { mode: "train" }), labels));
      const found: Record<string, Tensor> = { loss };
      const wrt = [images, ...model.parameters];
      gradients(loss, wrt).forEach((grad, i) => found[`gradient of ${wrt[i].name}`] = grad);
      found.batch = model.logits(images, { mode: "batch" });
      found.eval = model.features(images, { mode: "eval" });
      return found;
    };
    const { graph, result } = trace(build);
    const state: ReferenceState = new Map();
    const expected = evaluateReference(graph, Object.values(result), state);
    const program = await Program.compile(gpu, "tiny network", build);
    program.run();
    for (const [i, name] of Object.keys(result).entries()) {
      assertClose(name, await program.read(name), { expected: expected[i].data, atol: 1e-4, rtol: 1e-3 });
    }
    for (const buffer of model.buffers) {
      assertClose(buffer.name, await read(gpu, buffer), {
        expected: state.get(buffer)!.data,
        atol: 1e-6,
        rtol: 1e-3,
      });
    }
    program.dispose();
    release(gpu, graph.variables);
  }, readPath);
}

gpuTest("resnet() runs as resnet18", async (gpu) => {
  const model = resnet({ arch: "resnet18", classes: 10 }, { seed: 0 });
  const images = new Variable(
    "images",
    f32(2, 8, 8, 3),
    stream(5, "images").fillUniform(0, new Float32Array(384)),
  );
  const labels = new Variable("labels", u32(2), Uint32Array.of(3, 8));
  const program = await Program.compile(gpu, "resnet18", () => {
    const loss = meanAll(crossEntropy(model.logits(images, { mode: "train" }), labels));
    const conv1 = model.parameters[0];
    return { loss, grad: gradients(loss, [conv1])[0] };
  });
  program.run();
  const [loss] = await program.read("loss");
  assert(loss > 0 && loss < 10, `the loss is ${loss}`);
  const grad = await program.read("grad");
  assert(grad.every(Number.isFinite) && grad.some((v) => v !== 0));
  program.dispose();
  release(gpu, [...model.parameters, ...model.buffers, images, labels]);
});

Deno.test("resnet() refuses what does not fit the architecture", () => {
  const attempt = (config: Partial<ResnetConfig>) => () => resnet({ ...TINY, ...config }, { seed: 0 });
  assertThrows(
    attempt({ arch: "resnet9" as ResnetArch }),
    RangeError,
    'unknown architecture "resnet9", known are resnet8, resnet18, resnet50',
  );
  assertThrows(attempt({ widths: [8, 16] }), RangeError, "it has 3 stages, 2 widths were given");
  assertThrows(attempt({ classes: 0 }), RangeError, "classes must be whole numbers from 1 up, got 0");
  assertThrows(attempt({ std: [1, 0, 1] }), RangeError, "std must be in [0.001, 1000], got 0");
  const model = resnet(TINY, { seed: 0 });
  const grey = new Variable("grey", f32(1, 8, 8, 1));
  assertThrows(
    () => trace(() => model.features(grey, { mode: "eval" })),
    RangeError,
    "expected images [B, H, W, 3], got [1, 8, 8, 1]",
  );
});
