/** The keys of an augmentation in a preset. */
import type { AnyFields, Fields } from "../settings/field.ts";
import type { AugmentationConfig } from "./augment.ts";

type Plain = "cropPadding" | "flip" | "greyscale";
type Step<K extends "resizedCrop" | "jitter" | "blur"> = Fields<NonNullable<AugmentationConfig[K]>>;

/** Keys of `augmentation` that hold one value; the default of an augmentation is that of the training that it belongs to. */
export const AUGMENTATION: Fields<Pick<AugmentationConfig, Plain>> = {
  cropPadding: {
    kind: "integer",
    min: 0,
    unit: "pixels",
    help: "zero padding before a random crop",
  },
  flip: {
    kind: "flag",
    help: "random horizontal flips",
  },
  greyscale: {
    kind: "number",
    min: 0,
    max: 1,
    default: 0,
    unit: "fraction",
    help: "probability of losing all colour",
  },
};

/** Keys of `augmentation.resizedCrop`. */
export const RESIZED_CROP: Step<"resizedCrop"> = {
  minScale: {
    kind: "number",
    above: 0,
    max: 1,
    default: 0.08,
    unit: "fraction",
    help: "smallest share of the image's area",
  },
  maxScale: {
    kind: "number",
    above: 0,
    max: 1,
    default: 1,
    unit: "fraction",
    help: "largest share of the image's area",
  },
};

const FACTOR = { kind: "number", min: 0, max: 100, default: 0.8, unit: "1" } as const;

/** Keys of `augmentation.jitter`. */
export const JITTER: Step<"jitter"> = {
  brightness: { ...FACTOR, help: "largest change of the brightness factor from 1" },
  contrast: { ...FACTOR, help: "largest change of the contrast factor from 1" },
  saturation: { ...FACTOR, help: "largest change of the saturation factor from 1" },
  hue: {
    kind: "number",
    min: 0,
    max: 0.5,
    default: 0.2,
    unit: "turns",
    help: "largest rotation of the hue, 1 is the whole circle",
  },
  probability: {
    kind: "number",
    min: 0,
    max: 1,
    default: 0.8,
    unit: "fraction",
    help: "how often it is applied",
  },
};

/** Keys of `augmentation.blur`. */
export const BLUR: Step<"blur"> = {
  kernel: { kind: "integer", min: 1, default: 3, unit: "pixels", help: "width of the kernel, odd" },
  minSigma: {
    kind: "number",
    min: 1e-3,
    default: 0.1,
    unit: "pixels",
    help: "smallest standard deviation",
  },
  maxSigma: { kind: "number", min: 1e-3, default: 2, unit: "pixels", help: "largest standard deviation" },
  probability: {
    kind: "number",
    min: 0,
    max: 1,
    default: 1,
    unit: "fraction",
    help: "how often it is applied",
  },
};

/** Keys of `augmentation` that hold a section, or null for a step that is off. */
export const AUGMENTATION_SECTIONS: Readonly<Record<"resizedCrop" | "jitter" | "blur", AnyFields>> = {
  resizedCrop: RESIZED_CROP,
  jitter: JITTER,
  blur: BLUR,
};
