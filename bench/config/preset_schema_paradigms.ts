/** The keys of the paradigms beside supervised learning. Defaults are small; the published ones are in `paper.yaml`. */
import type { DdpmConfig } from "../../paradigms/ddpm.ts";
import type { MaeConfig } from "../../paradigms/mae.ts";
import type { SimclrConfig } from "../../paradigms/simclr.ts";
import type { Field, Fields } from "./preset_field.ts";

/** Contrastive learning; its encoder is `model`. */
export const CL: Fields<Omit<SimclrConfig, "encoder">> = {
  projector: {
    kind: "integers",
    length: 2,
    min: 1,
    default: [128, 64],
    help: "widths of the projection head: hidden layer and output",
  },
  temperature: { kind: "number", min: 1e-4, max: 1e4, default: 0.5, help: "of NT-Xent" },
};

const PIXEL_RANGE: Field<readonly [number, number]> = {
  kind: "numbers",
  length: 2,
  default: [0, 1],
  help: "pixels that the network stretches to [-1, 1]",
};

/** Masked image modelling. */
export const MIM: Fields<MaeConfig> = {
  patchSize: { kind: "integer", min: 1, default: 4, help: "height and width of a patch in pixels" },
  dim: { kind: "integer", min: 4, default: 64, help: "width of the encoder" },
  depth: { kind: "integer", min: 1, default: 4, help: "blocks of the encoder" },
  heads: { kind: "integer", min: 1, default: 4, help: "attention heads of the encoder" },
  mlpRatio: {
    kind: "number",
    above: 0,
    max: 64,
    default: 2,
    help: "hidden width of a block's MLP over its width",
  },
  decoderDim: { kind: "integer", min: 4, default: 32, help: "width of the decoder" },
  decoderDepth: { kind: "integer", min: 1, default: 1, help: "blocks of the decoder" },
  decoderHeads: { kind: "integer", min: 1, default: 4, help: "attention heads of the decoder" },
  maskRatio: { kind: "number", default: 0.75, help: "share of patches that is masked, between 0 and 1" },
  normalisePixels: {
    kind: "flag",
    default: false,
    help: "normalise each target patch by its own statistics",
  },
  pixelRange: PIXEL_RANGE,
  pooling: {
    kind: "choice",
    choices: ["cls", "mean"],
    default: "cls",
    help: "features: the class token or the mean of the patches' tokens",
  },
};

/** Diffusion. */
export const DM: Fields<DdpmConfig> = {
  base: { kind: "integer", min: 4, default: 16, help: "width of the U-Net's first level" },
  multipliers: { kind: "integers", min: 1, default: [1, 2, 2], help: "width of each level over base" },
  blocks: { kind: "integer", min: 1, default: 1, help: "residual blocks of a level" },
  attentionLevels: {
    kind: "integers",
    min: 0,
    distinct: true,
    mayBeEmpty: true,
    default: [1],
    help: "levels with attention, the first is 0",
  },
  heads: { kind: "integer", min: 1, default: 1, help: "attention heads" },
  groups: { kind: "integer", min: 1, default: 8, help: "groups of GroupNorm" },
  dropout: { kind: "number", min: 0, below: 1, default: 0, help: "rate of dropout" },
  timesteps: { kind: "integer", min: 2, max: 1_000_000, default: 1000, help: "steps of the diffusion" },
  betaSchedule: { kind: "choice", choices: ["linear", "cosine"], default: "linear", help: "of the noise" },
  ema: { kind: "number", min: 0, below: 1, default: 0.995, help: "decay of the weights' average" },
  featureBlock: { kind: "text", default: "mid", help: "block whose output, pooled, is the feature vector" },
  featureTimestep: { kind: "integer", min: 0, default: 11, help: "timestep at which features are taken" },
  featureNoise: {
    kind: "choice",
    choices: ["fixed", "none"],
    default: "fixed",
    help: "noise added at that timestep: one image of noise for all, or none",
  },
  pixelRange: PIXEL_RANGE,
  sampleSteps: { kind: "integer", min: 1, default: 50, help: "denoising steps of the pictures" },
};
