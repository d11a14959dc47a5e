/** The settings of diffusion; those of its network are the U-Net's. */
import { NO_AUGMENTATION } from "../datasets/augment.ts";
import { UNET } from "./architectures/unet_settings.ts";
import { PIXEL_RANGE } from "./architectures/vit_settings.ts";
import type { DdpmConfig } from "./ddpm.ts";
import type { ParadigmSettings } from "./types.ts";

/** DM. Optimiser and augmentation as published; lengths and rates for small runs. */
export const DM: ParadigmSettings<DdpmConfig> = {
  name: "dm",
  label: "diffusion models (DM)",
  module: "ddpm.ts",
  fields: {
    ...UNET,
    timesteps: {
      kind: "integer",
      min: 2,
      max: 1_000_000,
      default: 1000,
      unit: "steps",
      help: "steps of the diffusion",
    },
    betaSchedule: {
      kind: "choice",
      choices: ["linear", "cosine"],
      default: "linear",
      help: "schedule of the noise",
    },
    ema: {
      kind: "number",
      min: 0,
      below: 1,
      default: 0.995,
      unit: "fraction",
      help: "decay of the weights' average",
    },
    featureBlock: {
      kind: "text",
      default: "mid",
      help: "block whose pooled output is the feature vector: in_1 ..., mid, out_1 ...",
    },
    featureTimestep: {
      kind: "integer",
      min: 0,
      default: 11,
      unit: "steps",
      help: "timestep at which features are taken, below timesteps",
    },
    featureNoise: {
      kind: "choice",
      choices: ["fixed", "none"],
      default: "fixed",
      help: "noise added at that timestep: the same for every image, or none",
    },
    pixelRange: PIXEL_RANGE,
    sampleSteps: {
      kind: "integer",
      min: 1,
      default: 50,
      unit: "steps",
      help: "denoising steps of the pictures, at most timesteps",
    },
  },
  takesEncoder: false,
  classifies: false,
  training: ({ mayFlip }) => ({
    optimizer: "adam",
    lr: 1e-3,
    weightDecay: 0,
    clipNorm: 1,
    augmentation: { ...NO_AUGMENTATION, flip: mayFlip },
  }),
  pictureSteps: "sampleSteps",
  cost: 8,
};
