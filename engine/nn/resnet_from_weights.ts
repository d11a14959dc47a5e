/** Infers the residual network of a state dict. */

import type { TensorInfo } from "../files/safetensors.ts";
import type { ResnetArch, ResnetConfig } from "./resnet.ts";

/**
 * Reads the sizes of a residual network from its weights under PyTorch's names: the width of stage s from
 * `layer<s>.0.conv1.weight`, input channels from `conv1.weight`, classes from `linear.weight`. Where such a tensor is
 * missing, or not of the rank it should have, {@linkcode resnet}'s default stands in (10 for the classes), so that
 * {@linkcode checkWeights} can then list all that is wrong at once.
 *
 * @param tensors OIHW and [out, in], as {@linkcode readSafetensors} gives them; see {@linkcode plainStateDict}.
 * @returns A configuration for {@linkcode resnet}, which refuses it where a size is 0 or the architecture unknown.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { resnetFromWeights } from "./resnet_from_weights.ts";
 *
 * const zeros = (...shape: number[]) => ({
 *   dtype: "F32" as const,
 *   shape,
 *   data: new Float32Array(shape.reduce((a, b) => a * b)),
 * });
 * const tensors = new Map([
 *   ["conv1.weight", zeros(8, 3, 3, 3)],
 *   ["layer1.0.conv1.weight", zeros(8, 8, 3, 3)],
 *   ["layer2.0.conv1.weight", zeros(12, 8, 3, 3)],
 *   ["layer3.0.conv1.weight", zeros(16, 12, 3, 3)],
 *   ["linear.weight", zeros(100, 16)],
 * ]);
 * assertEquals(resnetFromWeights("resnet8", tensors), {
 *   arch: "resnet8",
 *   widths: [8, 12, 16],
 *   inputChannels: 3,
 *   classes: 100,
 * });
 * ```
 */
export function resnetFromWeights(
  arch: ResnetArch,
  tensors: ReadonlyMap<string, TensorInfo>,
): ResnetConfig & Required<Pick<ResnetConfig, "widths" | "inputChannels">> {
  const size = (name: string, { rank, dimension }: { rank: number; dimension: number }) => {
    const shape = tensors.get(name)?.shape;
    return shape?.length === rank ? shape[dimension] : undefined;
  };
  const defaults = arch === "resnet8" ? [16, 32, 64] : [64, 128, 256, 512];
  return {
    arch,
    widths: defaults.map((width, s) =>
      size(`layer${s + 1}.0.conv1.weight`, { rank: 4, dimension: 0 }) ?? width
    ),
    inputChannels: size("conv1.weight", { rank: 4, dimension: 1 }) ?? 3,
    classes: size("linear.weight", { rank: 2, dimension: 0 }) ?? 10,
  };
}

/**
 * The architecture whose blocks a state dict names, whatever their sizes: `resnet50` has three convolutions a block,
 * `resnet18` a fourth stage. Null where the names are those of no residual network.
 */
export function resnetArchOf(names: Iterable<string>): ResnetArch | null {
  const known = new Set(names);
  if (!known.has("conv1.weight") || !known.has("layer1.0.conv1.weight")) return null;
  if (known.has("layer1.0.conv3.weight")) return "resnet50";
  return known.has("layer4.0.conv1.weight") ? "resnet18" : "resnet8";
}
