/** The settings of contrastive learning. */
import { BLUR, JITTER, RESIZED_CROP } from "../datasets/augmentation_settings.ts";
import { defaultsOf } from "../settings/field.ts";
import type { SimclrConfig } from "./simclr.ts";
import type { ParadigmSettings } from "./types.ts";

/** CL. Optimiser and augmentation as published; lengths and rates for small runs. */
export const CL: ParadigmSettings<SimclrConfig> = {
  name: "cl",
  label: "contrastive learning (CL)",
  module: "simclr.ts",
  fields: {
    projector: {
      kind: "integers",
      length: 2,
      min: 1,
      default: [128, 64],
      unit: "channels",
      help: "widths of the projection head: hidden layer and output",
    },
    temperature: {
      kind: "number",
      min: 1e-4,
      max: 1e4,
      default: 0.5,
      unit: "1",
      help: "temperature of NT-Xent",
    },
  },
  takesEncoder: true,
  classifies: false,
  training: ({ mayFlip }) => ({
    optimizer: "adam",
    lr: 1e-3,
    weightDecay: 1e-5,
    augmentation: {
      cropPadding: 0,
      flip: mayFlip,
      resizedCrop: defaultsOf(RESIZED_CROP),
      jitter: defaultsOf(JITTER),
      greyscale: 0.2,
      blur: defaultsOf(BLUR),
    },
  }),
  cost: 2,
};
