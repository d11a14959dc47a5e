/** All architectures of encoders that presets may name, in the order in which they are shown. */
import type { Encoder } from "../../engine/nn/model.ts";
import { resnetMethod } from "./resnet.ts";
import { RESNET18, RESNET50, RESNET8 } from "./resnet_settings.ts";
import { type Architecture, type EncoderConfig, type ImageShape, registerArchitecture } from "./types.ts";
import { vitMethod } from "./vit.ts";
import { VIT } from "./vit_settings.ts";

/** The architectures; the first is the default. */
export const ARCHITECTURES: readonly Architecture[] = [
  registerArchitecture(RESNET8, resnetMethod("resnet8")),
  registerArchitecture(RESNET18, resnetMethod("resnet18")),
  registerArchitecture(RESNET50, resnetMethod("resnet50")),
  registerArchitecture(VIT, vitMethod),
];

/**
 * The architecture of a name.
 *
 * @throws {RangeError} If there is no such architecture.
 */
export function architectureOf({ arch }: Pick<EncoderConfig, "arch">): Architecture {
  const found = ARCHITECTURES.find(({ name }) => name === arch);
  if (found !== undefined) return found;
  const known = ARCHITECTURES.map(({ name }) => name).join(", ");
  throw new RangeError(
    `Cannot make an encoder: unknown architecture ${JSON.stringify(arch)}, known are ${known}`,
  );
}

/**
 * Refuses an encoder that could not be made.
 *
 * @throws {RangeError} If the architecture is unknown or a size does not fit.
 */
export function checkEncoder({ arch, ...config }: EncoderConfig, shape: ImageShape): void {
  architectureOf({ arch }).method.check(config, shape);
}

/** A new encoder with weights drawn from the seed. */
export function createEncoder(
  { arch, ...config }: EncoderConfig,
  options: ImageShape & { readonly seed: number },
): Encoder {
  return architectureOf({ arch }).method.create(config, options);
}
