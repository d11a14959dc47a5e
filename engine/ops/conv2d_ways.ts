/**
 * The ways to compute a convolution and its gradients, by name, best guess first: register tiles everywhere, tiles in
 * workgroup memory where there is hardware that may gain from it. All ways of one shape give the same bits.
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

/** One way to compute what a plan asks for. */
export interface Way<Plan> {
  readonly name: string;
  kernels(plan: Plan): Kernel[];
}

/** Ways to compute y = x * w + bias. */
export function forwardWays(sizes: ConvSizes, { software }: Target): Way<ForwardPlan>[] {
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

/** Ways to compute dx: at stride 1 those of a convolution of dy with turned weights. */
export function gradInputWays(sizes: ConvSizes, target: Target): Way<GradInputPlan>[] {
  const turned = turnedSizes(sizes);
  if (turned === null) {
    return gradInputTiles(sizes).map((tile) => ({
      name: tile.name,
      kernels: (plan) => stridedKernels(plan, tile),
    }));
  }
  return forwardWays(turned, target).map(({ name, kernels }) => ({
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

/** Ways to compute dw. */
export function gradWeightsWays(sizes: ConvSizes, target: Target): Way<GradWeightsPlan>[] {
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

/** The way of that name, or the best guess where none is asked for. */
export function pickWay<Plan>(ways: readonly Way<Plan>[], name: string | undefined): Way<Plan> {
  return ways.find((way) => way.name === name) ?? ways[0];
}

/** Names of ways. */
export function namesOf(ways: readonly { readonly name: string }[]): string[] {
  return ways.map(({ name }) => name);
}
