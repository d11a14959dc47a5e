/** The settings of a vision transformer in a preset. */
import type { PixelRange } from "../../engine/nn/pixel_range.ts";
import type { Field } from "../../settings/field.ts";
import type { ArchitectureSettings } from "./types.ts";

/** A vision transformer, whatever the images. */
export interface VitSettings {
  readonly patchSize: number;
  readonly dim: number;
  readonly depth: number;
  readonly heads: number;
  readonly mlpRatio: number;
  readonly pixelRange: PixelRange;
}

/** Pixels that a network without BatchNorm stretches. */
export const PIXEL_RANGE: Field<PixelRange> = {
  kind: "numbers",
  length: 2,
  default: [0, 1],
  unit: "pixel units",
  help: "range of pixels that the network stretches to [-1, 1]",
};

/** A small vision transformer. */
export const VIT: ArchitectureSettings<VitSettings> = {
  name: "vit",
  help: "vision transformer; its features are the class token",
  fields: {
    patchSize: {
      kind: "integer",
      min: 1,
      default: 4,
      unit: "pixels",
      help: "height and width of a patch, a divisor of the image size",
    },
    dim: {
      kind: "integer",
      min: 4,
      default: 64,
      unit: "channels",
      help: "width of the encoder, a multiple of 4 and of heads",
    },
    depth: { kind: "integer", min: 1, default: 4, unit: "blocks", help: "blocks of the encoder" },
    heads: { kind: "integer", min: 1, default: 4, unit: "heads", help: "attention heads of the encoder" },
    mlpRatio: {
      kind: "number",
      above: 0,
      max: 64,
      default: 2,
      unit: "1",
      help: "hidden width of a block's MLP over its width",
    },
    pixelRange: PIXEL_RANGE,
  },
};
