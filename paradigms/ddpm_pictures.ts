/** Pictures of a diffusion model. */

import { picturesOf } from "../datasets/picture.ts";
import { subset, toFloat } from "../datasets/types.ts";
import type { Gpu } from "../engine/device/device.ts";
import { nchwToNhwc } from "../engine/arrays/layout.ts";
import { type PixelRange, pixelsFrom, toSymmetric } from "../engine/nn/pixel_range.ts";
import { scale, sub } from "../engine/ops/arithmetic.ts";
import { randomImages } from "../engine/ops/random_images.ts";
import { Program } from "../engine/program/program.ts";
import { stream } from "../common/random.ts";
import { f32, type Shape, u32 } from "../engine/arrays/shape.ts";
import { Variable } from "../engine/graph/tensor.ts";
import { release } from "../engine/graph/variables.ts";
import { posterior, sample, type SampleOptions } from "./ddpm_sampler.ts";
import { createNoising } from "./q_sample.ts";
import type { PictureOptions, Pictures } from "./types.ts";

/** Options of the pictures. */
export interface DdpmPictureOptions extends PictureOptions, Pick<SampleOptions, "predict" | "schedule"> {
  /** Of the sampler. */
  readonly sampleSteps: number;
  /** Pixels that the model sees as -1 and 1. */
  readonly pixelRange: PixelRange;
}

/**
 * Samples, and images of the set that are noised up to a quarter of the schedule and restored by one prediction.
 *
 * @throws {RangeError} If the set has not that many images.
 */
export async function ddpmPictures(gpu: Gpu, options: DdpmPictureOptions): Promise<Pictures> {
  const { set, count, seed, schedule, sampleSteps, predict, pixelRange } = options;
  const shape = [count, set.height, set.width, 3];
  const samples = await sample(gpu, { predict, schedule, steps: sampleSteps, shape, seed });
  const t = Math.floor(schedule.timesteps / 4);
  const { images, noised, restored } = await restore(gpu, { ...options, shape, t });
  const { timesteps } = schedule;
  const shown = (values: Float32Array) => picturesOf(pixelsFrom(values, pixelRange), set);
  return {
    title: "Samples and denoising",
    caption:
      `Samples by ${sampleSteps} of the ${timesteps} steps of DDPM's sampler, from the average of the weights; ` +
      `below them images noised up to timestep ${t} and what one prediction makes of them.`,
    rows: [
      { label: "samples", images: shown(samples) },
      { label: "images", images: shown(images) },
      { label: `noised, t = ${t}`, images: shown(noised) },
      { label: "restored in one step", images: shown(restored) },
    ],
  };
}

/** The first images of the set, noised, and the images that the predicted noise implies; all in [-1, 1]. */
async function restore(
  gpu: Gpu,
  { set, predict, schedule, seed, shape, t, pixelRange }: DdpmPictureOptions & { shape: Shape; t: number },
) {
  const [count, height, width] = shape;
  const pixels = nchwToNhwc(toFloat(subset(set, count)), [count, 3, height, width]);
  const given = new Variable("images", f32(...shape), pixels);
  const timestep = new Variable("timestep", u32(1), Uint32Array.of(t)), step = new Variable("draw", u32());
  const examples = new Variable("numbers", u32(count), Uint32Array.from({ length: count }, (_, i) => i));
  const { tables, qSample } = createNoising(schedule);
  const { fromX, fromNoise } = posterior([schedule.alphaBars[t], 1]);
  const source = { examples, step, stream: stream(seed, "ddpm pictures"), distribution: "normal" } as const;
  const program = await Program.compile(gpu, "ddpm restore", () => {
    const images = toSymmetric(given, pixelRange);
    const noised = qSample(images, { t: timestep, noise: randomImages(shape.slice(1), source) });
    const noise = predict(noised, { t: timestep });
    return { images, noised, restored: sub(scale(noised, fromX), scale(noise, fromNoise)) };
  });
  program.run();
  const [images, noised, restored] = await Promise.all(
    ["images", "noised", "restored"].map((name) => program.read(name) as Promise<Float32Array>),
  );
  program.dispose();
  release(gpu, [given, timestep, step, examples, ...tables]);
  return { images, noised, restored };
}
