// deno-lint-ignore-file no-console -- an example prints what it finds
/**
 * Attacks a model of one's own by AutoAttack: any function from images to logits that is built of the engine's operations.
 *
 * Run: deno run -A examples/attack_your_model.ts
 */
import {
  autoAttack,
  conv2d,
  f32,
  globalAvgPool,
  linear,
  nchwToNhwc,
  openGpu,
  planted,
  relu,
  stream,
  type Tensor,
  toFloat,
  Variable,
} from "../mod.ts";

const gpu = await openGpu();
const random = (name: string, ...shape: number[]) => {
  const values = new Float32Array(shape.reduce((a, b) => a * b));
  return new Variable(name, f32(...shape), stream(0, name).fillNormal(0, values));
};
const kernel = random("kernel", 8, 3, 3, 3), weight = random("weight", 10, 8);
// Images are [B, H, W, 3] with pixels in [0, 1]. Normalisation of pixels belongs inside the model.
const logits = (images: Tensor) =>
  linear(globalAvgPool(relu(conv2d(images, kernel, { padding: 1 }))), weight);

const { test } = planted({ size: 12, trainSize: 1, testSize: 32 });
const images = nchwToNhwc(toFloat(test), [32, 3, 12, 12]), labels = Uint32Array.from(test.labels);
const { clean, robust, attacks } = await autoAttack(gpu, {
  ...{ logits, classes: 10, imageShape: [12, 12, 3], norm: "Linf", eps: 8 / 255, seed: 0 },
  ...{ attacks: ["apgd-ce", "square"], iterations: 10, queries: 50 }, // remove this line for version "standard"
}, { images, labels });
const count = (outcome: Uint8Array) => outcome.reduce((sum, one) => sum + one, 0);
console.log(`clean ${count(clean)} of 32, robust ${count(robust)} of 32`);
console.log(attacks.map(({ name }) => name).join(", "));
gpu.close();
