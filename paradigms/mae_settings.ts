/** The settings of masked image modelling; those of its encoder are the vision transformer's. */
import { NO_AUGMENTATION } from "../datasets/augment.ts";
import { VIT } from "./architectures/vit_settings.ts";
import type { MaeConfig } from "./mae.ts";
import type { ParadigmSettings } from "./types.ts";

/** MIM. Optimiser and augmentation as published; lengths and rates for small runs. */
export const MIM: ParadigmSettings<MaeConfig> = {
  name: "mim",
  label: "masked image modelling (MIM)",
  module: "mae.ts",
  fields: {
    ...VIT.fields,
    decoderDim: {
      kind: "integer",
      min: 4,
      default: 32,
      unit: "channels",
      help: "width of the decoder, a multiple of 4 and of decoderHeads",
    },
    decoderDepth: { kind: "integer", min: 1, default: 1, unit: "blocks", help: "blocks of the decoder" },
    decoderHeads: {
      kind: "integer",
      min: 1,
      default: 4,
      unit: "heads",
      help: "attention heads of the decoder",
    },
    maskRatio: {
      kind: "number",
      default: 0.75,
      unit: "fraction",
      help: "share of patches that is masked, between 0 and 1",
    },
    normalisePixels: {
      kind: "flag",
      default: false,
      help: "normalise each target patch by its own statistics",
    },
    pooling: {
      kind: "choice",
      choices: ["cls", "mean"],
      default: "cls",
      help: "features: the class token or the mean of the patches' tokens",
    },
  },
  takesEncoder: false,
  classifies: false,
  training: () => ({
    optimizer: "adamw",
    lr: 1e-3,
    betas: [0.9, 0.95],
    weightDecay: 0.05,
    augmentation: NO_AUGMENTATION,
  }),
  cost: 1.5,
};
