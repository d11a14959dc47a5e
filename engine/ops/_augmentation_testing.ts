/** Images with values by PyTorch, and a source of random numbers, for the tests of the augmentations. */

import { trace } from "../graph/graph.ts";
import { stream } from "../../common/random.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32, u32 } from "../arrays/shape.ts";
import { type Tensor, type Value, Variable } from "../graph/tensor.ts";
import type { RandomSource } from "./random_images.ts";
import torch from "./augmentation_torch.json" with { type: "json" };

/** One image [height, width, 3] and what PyTorch makes of it. */
export const TORCH = { ...torch, pixels: Float64Array.from(torch.pixels) };

/** The same numbers for the same seed, examples and step. */
export function source(
  { examples, step = 0, seed = 0 }: { examples: readonly number[]; step?: number; seed?: number },
): RandomSource {
  return {
    examples: new Variable("examples", u32(examples.length), Uint32Array.from(examples)),
    step: new Variable("step", u32(), Uint32Array.of(step)),
    stream: stream(seed, "augmentation"),
  };
}

/** Copies of the image, one for each example, under an augmentation in float64. */
export function augmented(
  { examples, step, seed }: { examples: readonly number[]; step?: number; seed?: number },
  apply: (images: Value, random: RandomSource) => Tensor,
): Float64Array[] {
  const { height, width, pixels } = TORCH, count = examples.length;
  const data = new Float32Array(count * pixels.length);
  for (let b = 0; b < count; b++) data.set(pixels, b * pixels.length);
  const images = new Variable("images", f32(count, height, width, 3), data);
  const { graph, result } = trace(() => apply(images, source({ examples, step, seed })));
  const out = evaluateReference(graph, [result])[0].data;
  return examples.map((_, b) => out.slice(b * pixels.length, (b + 1) * pixels.length));
}
