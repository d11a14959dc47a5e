/** A vision transformer as an encoder. */
import { checkPixelRange } from "../../engine/nn/pixel_range.ts";
import { checkVit, vit, type VitConfig } from "../../engine/nn/vit.ts";
import type { ArchitectureMethod } from "./types.ts";

/** Its features are what becomes of the class token; no part of it behaves differently in training. */
export const vitMethod: ArchitectureMethod<Omit<VitConfig, "height" | "width">> = {
  check(config, { height, width }) {
    checkVit({ ...config, height, width });
    if (config.pixelRange !== undefined) checkPixelRange(config.pixelRange);
  },
  create(config, { height, width, seed }) {
    const { parameters, buffers, featureSize, features } = vit({ ...config, height, width }, { seed });
    return { parameters, buffers, featureSize, features: (images) => features(images) };
  },
};
