/** Size cases of the suites of convolution and its gradients. */

import type { OpCase } from "../graph/op.ts";
import type { Shape } from "../arrays/shape.ts";
import type { ConvAttrs } from "./conv2d_sizes.ts";

/** One case of the suites of the convolution and its gradients. */
export interface ConvCase extends Omit<OpCase<ConvAttrs>, "inputs"> {
  readonly x: Shape;
  readonly w: Shape;
  readonly bias: boolean;
}

/** Shapes at, around and away from the tiles: 4, 8 or 16 columns, 8 output channels, vec4s of input channels. */
export function convCases(): ConvCase[] {
  const make = (
    name: string,
    x: Shape,
    w: Shape,
    rest: { stride?: number; padding?: number; bias?: boolean; large?: boolean } = {},
  ) => ({
    name,
    x,
    w,
    bias: rest.bias ?? false,
    large: rest.large,
    attrs: { stride: rest.stride ?? 1, padding: rest.padding ?? 0 },
  });
  return [
    make("one element", [1, 1, 1, 1], [1, 1, 1, 1], { bias: true }),
    make("3x3, image channels", [2, 5, 6, 3], [5, 3, 3, 3], { padding: 1, bias: true }),
    make("3x3, at the tile", [1, 4, 8, 8], [8, 3, 3, 8], { padding: 1 }),
    make("3x3, above the tile", [2, 3, 9, 9], [9, 3, 3, 9], { padding: 1, bias: true }),
    make("3x3, below the tile", [1, 3, 7, 7], [7, 3, 3, 7], { padding: 1 }),
    make("3x3, at the wide tile", [1, 3, 16, 4], [8, 3, 3, 4], { padding: 1 }),
    make("3x3, above the wide tile", [1, 3, 17, 4], [8, 3, 3, 4], { padding: 1 }),
    make("3x3, without padding", [1, 5, 5, 4], [4, 3, 3, 4]),
    make("3x3, stride 2", [2, 7, 8, 6], [10, 3, 3, 6], { stride: 2, padding: 1, bias: true }),
    make("3x3, stride 2, wide", [1, 6, 34, 4], [12, 3, 3, 4], { stride: 2, padding: 1 }),
    make("3x3, stride 2, no tile divides", [2, 9, 35, 10], [13, 3, 3, 10], {
      stride: 2,
      padding: 1,
      large: true,
    }),
    make("3x3, no tile divides", [2, 9, 19, 10], [13, 3, 3, 10], { padding: 1, large: true }),
    make("1x1, stride 2", [2, 6, 6, 8], [12, 1, 1, 8], { stride: 2 }),
    make("4x4, stride 4", [1, 8, 12, 4], [6, 4, 4, 4], { stride: 4 }),
    make("5x5", [1, 6, 6, 5], [7, 5, 5, 5], { padding: 2, bias: true }),
    make("2x3 kernel", [1, 5, 6, 3], [2, 2, 3, 3], { padding: 1 }),
    make("padding wider than the kernel", [1, 3, 3, 2], [3, 2, 2, 2], { padding: 3 }),
    make("3x3, many rows", [16, 32, 32, 8], [8, 3, 3, 8], { padding: 1, large: true }),
    make("more than 65,535 workgroups", [1, 65_537 * 64, 1, 1], [1, 1, 1, 1], { large: true }),
    make("more than 65,535 workgroups, stride 2", [1, 65_537 * 32, 1, 1], [1, 1, 1, 1], {
      stride: 2,
      large: true,
    }),
  ];
}
