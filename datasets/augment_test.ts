import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { trace } from "../engine/graph/graph.ts";
import { stream } from "../common/random.ts";
import { evaluateReference } from "../engine/graph/reference.ts";
import { f32, u32 } from "../engine/arrays/shape.ts";
import { assertClose } from "../engine/testing/compare.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { Program } from "../engine/program/program.ts";
import { Variable } from "../engine/graph/tensor.ts";
import { release } from "../engine/graph/variables.ts";
import {
  augment,
  AUGMENTATION_STEPS,
  type AugmentationConfig,
  checkAugmentation,
  isNoAugmentation,
  NO_AUGMENTATION,
} from "./augment.ts";

const ALL: AugmentationConfig = {
  cropPadding: 1,
  resizedCrop: { minScale: 0.2, maxScale: 1 },
  flip: true,
  jitter: { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, probability: 0.8 },
  greyscale: 0.2,
  blur: { kernel: 3, minSigma: 0.1, maxSigma: 2, probability: 0.5 },
};

const NAMES = {
  cropPadding: "random_crop",
  resizedCrop: "random_resized_crop",
  flip: "random_flip",
  jitter: "colour_jitter",
  greyscale: "random_greyscale",
  blur: "gaussian_blur",
};

function inputs(numbers: number[], epoch: number) {
  const count = numbers.length, image = stream(0, "image").fillUniform(0, new Float32Array(6 * 6 * 3));
  const pixels = Float32Array.from({ length: count * image.length }, (_, i) => image[i % image.length]);
  return {
    images: new Variable("images", f32(count, 6, 6, 3), pixels),
    examples: new Variable("examples", u32(count), Uint32Array.from(numbers)),
    step: new Variable("epoch", u32(), Uint32Array.of(epoch)),
  };
}

function record(config: AugmentationConfig, { numbers = [0], epoch = 0, view = 0 } = {}) {
  const { images, ...random } = inputs(numbers, epoch);
  return trace(() => {
    return augment(images, config, { ...random, stream: (purpose) => stream(0, `view ${view}/${purpose}`) });
  });
}

/** Pixels of each example; all start as the same image. */
function run(config: AugmentationConfig, options: { numbers: number[]; epoch?: number; view?: number }) {
  const { graph, result } = record(config, options);
  const { data } = evaluateReference(graph, [result])[0];
  return options.numbers.map((_, b) => data.slice(b * 108, (b + 1) * 108));
}

Deno.test("augment() records the steps in their order, and nothing for those that are off", () => {
  const names = (config: AugmentationConfig) => record(config).graph.nodes.map(({ op }) => op.name);
  assertEquals(names(ALL), AUGMENTATION_STEPS.map((step) => NAMES[step]));
  assertEquals(names(NO_AUGMENTATION), []);
  for (const step of AUGMENTATION_STEPS) {
    assertEquals(names({ ...NO_AUGMENTATION, [step]: ALL[step] }), [NAMES[step]]);
    assertEquals(isNoAugmentation({ ...NO_AUGMENTATION, [step]: ALL[step] }), false);
  }
  assertEquals(isNoAugmentation({ ...NO_AUGMENTATION }), true);
});

Deno.test("augment() gives an example the same draw in any batch, another one in another epoch or view", () => {
  const [, , third] = run(ALL, { numbers: [4, 5, 6], epoch: 2 });
  assertEquals(run(ALL, { numbers: [6], epoch: 2 })[0], third);
  assertNotEquals(run(ALL, { numbers: [7], epoch: 2 })[0], third);
  assertNotEquals(run(ALL, { numbers: [6], epoch: 3 })[0], third);
  assertNotEquals(run(ALL, { numbers: [6], epoch: 2, view: 1 })[0], third);
});

Deno.test("augment() draws each step from a stream of its own: a step that changes nothing changes no other", () => {
  const jitter = { brightness: 0, contrast: 0, saturation: 0, hue: 0, probability: 1 };
  const numbers = Array.from({ length: 20 }, (_, i) => i);
  const found = run({ ...ALL, jitter }, { numbers }), expected = run({ ...ALL, jitter: null }, { numbers });
  found.forEach((pixels, b) =>
    assertClose(`example ${b}`, pixels, { expected: expected[b], atol: 1e-12, rtol: 0 })
  );
});

gpuTest("augment() keeps images within [0, 1] on the GPU and agrees with its references", async (gpu) => {
  const numbers = Array.from({ length: 70 }, (_, i) => 3 * i);
  const { images, ...random } = inputs(numbers, 1);
  const program = await Program.compile(gpu, "augment", () => {
    return { x: augment(images, ALL, { ...random, stream: (purpose) => stream(0, `view 0/${purpose}`) }) };
  });
  program.run();
  const found = await program.read("x");
  program.dispose();
  release(gpu, [images, ...Object.values(random)]);
  const expected = run(ALL, { numbers, epoch: 1 }).flatMap((pixels) => [...pixels]);
  assertClose("images", found, { expected, atol: 1e-5, rtol: 1e-4 });
  assertEquals(found.every((v) => v >= 0 && v <= 1), true);
});

Deno.test("checkAugmentation() refuses what images of that size could not go through", () => {
  const size = { height: 8, width: 8 };
  checkAugmentation(ALL, size);
  const refuse = (own: Partial<AugmentationConfig>, message: string) =>
    assertThrows(() => checkAugmentation({ ...ALL, ...own }, size), RangeError, message);
  refuse({ cropPadding: -1 }, "Cannot crop images: the padding must be a whole number from 0 up, got -1");
  refuse({ greyscale: 2 }, "Cannot turn images grey: probability must be in [0, 1], got 2");
  refuse(
    { blur: { kernel: 23, minSigma: 0.1, maxSigma: 2, probability: 1 } },
    "Cannot blur images: a kernel of 23 does not fit images of 8 x 8",
  );
});
