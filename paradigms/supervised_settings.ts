/** The settings of supervised learning: `model` and `training` at the top of a preset. */
import type { SupervisedConfig } from "./supervised.ts";
import { cropAndFlip } from "./training_settings.ts";
import type { ParadigmSettings } from "./types.ts";

/** SL. */
export const SL: ParadigmSettings<SupervisedConfig> = {
  name: "sl",
  label: "supervised learning (SL)",
  module: "supervised.ts",
  fields: {},
  takesEncoder: true,
  classifies: true,
  training: (data) => ({ augmentation: cropAndFlip(data) }),
};
