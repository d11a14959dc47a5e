/**
 * Variants of the convolution kernels and of their gradients, best guess first: register tiles everywhere, tiles in
 * workgroup memory on hardware, which may gain from them. All variants of one shape give the same bits.
 */

import type { Kernel, Target } from "../graph/op.ts";
import { f32 } from "../arrays/shape.ts";
import {
  flipKernel,
  forwardKernel,
  type ForwardPlan,
  type GradInputPlan,
  gradWeightsKernels,
  type GradWeightsPlan,
  rowsPerPart,
  stridedKernels,
} from "./conv2d_kernels.ts";
import {
  sharedForwardKernel,
  sharedForwardTiles,
  sharedGradWeightsKernels,
  sharedGradWeightsTiles,
} from "./conv2d_shared.ts";
import type { ConvSizes } from "./conv2d_sizes.ts";
import { forwardTiles, gradInputTiles, gradWeightsTiles, turnedSizes } from "./conv2d_tiles.ts";

/** One variant of the kernels of a plan. */
export interface ConvVariant<Plan> {
  readonly name: string;
  kernels(plan: Plan): Kernel[];
}

/** Variants of y = x * w + bias. */
export function forwardVariants(sizes: ConvSizes, { software }: Target): ConvVariant<ForwardPlan>[] {
  const shared = software ? [] : sharedForwardTiles(sizes);
  return [
    ...shared.map((tile) => ({
      name: tile.name,
      kernels: (plan: ForwardPlan) => [sharedForwardKernel(plan, tile)],
    })),
    ...forwardTiles(sizes).map((tile) => ({
      name: tile.name,
      kernels: (plan: ForwardPlan) => [forwardKernel(plan, tile)],
    })),
  ];
}

/** Variants of dx: at stride 1 those of a convolution of dy with turned weights. */
export function gradInputVariants(sizes: ConvSizes, target: Target): ConvVariant<GradInputPlan>[] {
  const turned = turnedSizes(sizes);
  if (turned === null) {
    return gradInputTiles(sizes).map((tile) => ({
      name: tile.name,
      kernels: (plan) => stridedKernels(plan, tile),
    }));
  }
  return forwardVariants(turned, target).map(({ name, kernels }) => ({
    name,
    kernels: ({ dy, w, dx, scratch }) => {
      const v = scratch(f32(sizes.C, sizes.KH, sizes.KW, sizes.O));
      return [
        flipKernel({ w, v, sizes, flip: true }),
        ...kernels({ x: dy, w: v, bias: undefined, y: dx, sizes: turned }),
      ];
    },
  }));
}

/** Variants of dw. */
export function gradWeightsVariants(sizes: ConvSizes, target: Target): ConvVariant<GradWeightsPlan>[] {
  const shared = target.software ? [] : sharedGradWeightsTiles(sizes);
  const rows = rowsPerPart(sizes, target);
  return [
    ...shared.map((tile) => ({
      name: tile.name,
      kernels: (plan: GradWeightsPlan) => sharedGradWeightsKernels({ ...plan, rowsPerPart: rows }, tile),
    })),
    ...gradWeightsTiles(sizes).map((tile) => ({
      name: tile.name,
      kernels: (plan: GradWeightsPlan) => gradWeightsKernels({ ...plan, rowsPerPart: rows }, tile),
    })),
  ];
}

/** The variant of that name, or the best guess where no name is given. */
export function variantNamed<Plan>(
  variants: readonly ConvVariant<Plan>[],
  name: string | undefined,
): ConvVariant<Plan> {
  return variants.find((variant) => variant.name === name) ?? variants[0];
}

/** Names of variants. */
export function namesOf(variants: readonly { readonly name: string }[]): string[] {
  return variants.map(({ name }) => name);
}
