/** The keys of an augmentation in a preset. */
import type { AugmentationConfig } from "../../datasets/augment.ts";
import type { Fields } from "./preset_field.ts";

type Plain = "cropPadding" | "flip" | "greyscale";
type Step<K extends "resizedCrop" | "jitter" | "blur"> = Fields<NonNullable<AugmentationConfig[K]>>;

/** Keys of `augmentation` that hold one value. */
export const AUGMENTATION: Fields<Pick<AugmentationConfig, Plain>> = {
  cropPadding: {
    kind: "integer",
    min: 0,
    help:
      "pixels of zero padding before a random crop; default by paradigm: an eighth of the image size for sl",
  },
  flip: {
    kind: "flag",
    help: "random horizontal flips; default: true, but false on planted (it turns gratings)",
  },
  greyscale: { kind: "number", min: 0, max: 1, default: 0, help: "probability of losing all colour" },
};

/** Keys of `augmentation` that hold a section or null. */
export const RESIZED_CROP: Step<"resizedCrop"> = {
  minScale: { kind: "number", above: 0, max: 1, default: 0.08, help: "smallest share of the image's area" },
  maxScale: { kind: "number", above: 0, max: 1, default: 1, help: "largest share of the image's area" },
};

export const JITTER: Step<"jitter"> = {
  brightness: { kind: "number", min: 0, max: 100, default: 0.8, help: "largest change of the factor 1" },
  contrast: { kind: "number", min: 0, max: 100, default: 0.8, help: "largest change of the factor 1" },
  saturation: { kind: "number", min: 0, max: 100, default: 0.8, help: "largest change of the factor 1" },
  hue: { kind: "number", min: 0, max: 0.5, default: 0.2, help: "largest turn of the hue, 1 is the circle" },
  probability: { kind: "number", min: 0, max: 1, default: 0.8, help: "how often it is done" },
};

export const BLUR: Step<"blur"> = {
  kernel: { kind: "integer", min: 1, default: 3, help: "width of the kernel in pixels, odd" },
  minSigma: { kind: "number", min: 1e-3, default: 0.1, help: "smallest standard deviation in pixels" },
  maxSigma: { kind: "number", min: 1e-3, default: 2, help: "largest standard deviation in pixels" },
  probability: { kind: "number", min: 0, max: 1, default: 1, help: "how often it is done" },
};
