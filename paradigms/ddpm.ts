/** DM: denoising diffusion; a U-Net predicts the noise in an image, and its inner blocks serve as features. */

import { replacing } from "../engine/graph/graph.ts";
import { type PixelRange, toSymmetric } from "../engine/nn/pixel_range.ts";
import { unet, type UnetConfig } from "../engine/nn/unet.ts";
import { square, sub } from "../engine/ops/arithmetic.ts";
import { globalAvgPool } from "../engine/ops/pool2d.ts";
import { randomImages } from "../engine/ops/random_images.ts";
import { randomIntegers } from "../engine/ops/random_integers.ts";
import { meanAll, reduceMean } from "../engine/ops/reduce_sum.ts";
import { reshape } from "../engine/ops/reshape.ts";
import { ema } from "../engine/optim/ema.ts";
import { stream } from "../common/random.ts";
import { f32, sizeOf, u32 } from "../engine/arrays/shape.ts";
import { Variable } from "../engine/graph/tensor.ts";
import { checkDdpm } from "./ddpm_check.ts";
import { ddpmPictures } from "./ddpm_pictures.ts";
import { type BetaSchedule, diffusionSchedule } from "./diffusion_schedule.ts";
import { createNoising } from "./q_sample.ts";
import type { Paradigm } from "./types.ts";

/** Settings of {@linkcode ddpm}. */
export interface DdpmConfig extends Omit<UnetConfig, "height" | "width" | "channels"> {
  /** T, steps of the diffusion. */
  readonly timesteps: number;
  readonly betaSchedule: BetaSchedule;
  /** Decay of the average of the weights, which features and pictures are made with; it rises to that at first. */
  readonly ema: number;
  /** Block of the U-Net whose output, averaged over positions, is the feature vector: `in_1` ..., `mid`, `out_1` ... */
  readonly featureBlock: string;
  /** Timestep at which the U-Net sees the image for its features. */
  readonly featureTimestep: number;
  /** Noise of that timestep: one image of noise for all images, or none. Features are a function of the image. */
  readonly featureNoise: "fixed" | "none";
  /** Pixels that are stretched to [-1, 1]: [0, 1] for all. */
  readonly pixelRange: PixelRange;
  /** Steps of the sampler for pictures; as many as timesteps for DDPM's own. */
  readonly sampleSteps: number;
}

/**
 * DDPM with features as in DDAE. The loss is the mean squared error of the predicted noise in x_t, t uniform, images
 * stretched to [-1, 1]. Features: the averaged network sees x_t at `featureTimestep`; a named block, globally pooled.
 *
 * Sources: Ho et al. 2020, https://arxiv.org/abs/2006.11239, algorithm 1 and appendix B; features: Xiang et al. 2023,
 * https://arxiv.org/abs/2303.09769. Departures: the feature's noise is drawn once from the seed, not for each image; the decay of the average rises from 0.1 at first, so that short runs forget the initial weights.
 */
export const ddpm: Paradigm<DdpmConfig> = {
  check: checkDdpm,
  create(config, { seed, height, width }) {
    const { timesteps, betaSchedule, featureBlock, featureTimestep, featureNoise, sampleSteps, pixelRange } =
      config;
    const network = unet({ ...config, height, width, channels: 3 }, { seed });
    const schedule = diffusionSchedule(betaSchedule, { timesteps });
    const { tables, qSample } = createNoising(schedule);
    const average = ema({ decay: config.ema, warmup: true });
    const averages = new Map(network.parameters.map((param) => [param, average.average(param)]));
    const averaged = <T>(build: () => T) => replacing(averages, build);
    const featureT = new Variable("diffusion.feature_timestep", u32(1), Uint32Array.of(featureTimestep));
    const noiseImage = fixedNoise([1, height, width, 3], seed);
    return {
      parameters: network.parameters,
      buffers: [...averages.values(), average.scalars, ...tables, featureT, noiseImage],
      featureSize: network.blockWidths[featureBlock],
      loss(batch) {
        const x0 = toSymmetric(batch.view(0), pixelRange);
        const t = randomIntegers({ ...batch.random("timestep"), below: timesteps });
        const noise = randomImages([height, width, 3], { ...batch.random("noise"), distribution: "normal" });
        const predicted = network.predict(qSample(x0, { t, noise }), { t, random: batch.random("dropout") });
        return { loss: meanAll(square(sub(predicted, noise))), correct: null };
      },
      exampleLoss(images, { random }) {
        const t = randomIntegers({ ...random("timestep"), below: timesteps });
        const noise = randomImages([height, width, 3], { ...random("noise"), distribution: "normal" });
        const x = qSample(toSymmetric(images, pixelRange), { t, noise });
        const predicted = averaged(() => network.predict(x, { t }));
        return reshape(reduceMean(square(sub(predicted, noise)), { from: 1 }), [images.shape[0], 1]);
      },
      projections: null,
      features(images) {
        const noise = featureNoise === "fixed" ? noiseImage : null;
        const x = qSample(toSymmetric(images, pixelRange), { t: featureT, noise });
        return globalAvgPool(averaged(() => network.block(x, { t: featureT, name: featureBlock })));
      },
      logits: null,
      afterUpdate: () => average.update(network.parameters),
      prepare: (gpu, step) => average.prepare(gpu, step),
      pictures: (gpu, options) =>
        ddpmPictures(gpu, {
          ...options,
          predict: (x, call) => averaged(() => network.predict(x, call)),
          schedule,
          sampleSteps,
          pixelRange,
        }),
    };
  },
};

/** One image of standard normal noise. */
function fixedNoise(shape: readonly number[], seed: number): Variable {
  const noise = stream(seed, "ddpm feature noise").fillNormal(0, new Float32Array(sizeOf(shape)));
  return new Variable("diffusion.feature_noise", f32(...shape), noise);
}
