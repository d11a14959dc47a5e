/** The settings of a U-Net in a preset. */
import type { UnetConfig } from "../../engine/nn/unet.ts";
import type { Fields } from "../../settings/field.ts";

/** A small U-Net, whatever the images. */
export const UNET: Fields<Omit<UnetConfig, "height" | "width" | "channels">> = {
  base: {
    kind: "integer",
    min: 4,
    default: 16,
    unit: "channels",
    help: "width of the U-Net's first level, even",
  },
  multipliers: {
    kind: "integers",
    min: 1,
    default: [1, 2, 2],
    unit: "1",
    help: "width of each level over base; each level but the last halves the image",
  },
  blocks: { kind: "integer", min: 1, default: 1, unit: "blocks", help: "residual blocks of each level" },
  attentionLevels: {
    kind: "integers",
    min: 0,
    distinct: true,
    mayBeEmpty: true,
    default: [1],
    unit: "1",
    help: "levels with attention, the first is 0",
  },
  heads: { kind: "integer", min: 1, default: 1, unit: "heads", help: "attention heads" },
  groups: {
    kind: "integer",
    min: 1,
    default: 8,
    unit: "groups",
    help: "groups of GroupNorm, a divisor of each level's width",
  },
  dropout: { kind: "number", min: 0, below: 1, default: 0, unit: "fraction", help: "rate of dropout" },
};
