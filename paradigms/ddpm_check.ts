/** Checks the settings of DDPM. */

import { checkPixelRange } from "../engine/nn/pixel_range.ts";
import { checkUnet, unetBlockNames } from "../engine/nn/unet_check.ts";
import type { DdpmConfig } from "./ddpm.ts";
import { diffusionSchedule, stridedTimesteps } from "./diffusion_schedule.ts";
import type { CheckedSizes } from "./types.ts";

/**
 * Refuses settings that could not be trained.
 *
 * @throws {RangeError} If the U-Net does not fit the images, the schedule cannot be made, or features or samples are
 * asked for at a block or timesteps that do not exist.
 */
export function checkDdpm(config: DdpmConfig, { height, width }: CheckedSizes): void {
  const {
    timesteps,
    betaSchedule,
    featureBlock,
    featureTimestep,
    featureNoise,
    sampleSteps,
    ema,
    pixelRange,
  } = config;
  checkPixelRange(pixelRange);
  checkUnet({ ...config, height, width, channels: 3 });
  stridedTimesteps(diffusionSchedule(betaSchedule, { timesteps }), sampleSteps);
  const blocks = unetBlockNames(config);
  if (!blocks.includes(featureBlock)) {
    throw new RangeError(
      `Cannot take features: featureBlock "${featureBlock}" does not exist, blocks are ${blocks.join(", ")}`,
    );
  }
  if (!Number.isInteger(featureTimestep) || featureTimestep < 0 || featureTimestep >= timesteps) {
    throw new RangeError(
      `Cannot take features: featureTimestep must lie in the schedule, 0 to ${
        timesteps - 1
      }, got ${featureTimestep}`,
    );
  }
  if (featureNoise !== "fixed" && featureNoise !== "none") {
    throw new RangeError(`Cannot take features: featureNoise must be fixed or none, got ${featureNoise}`);
  }
  if (!(ema >= 0 && ema < 1)) {
    throw new RangeError(`Cannot average weights: ema must lie in [0, 1), got ${ema}`);
  }
}
