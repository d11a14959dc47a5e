/**
 * Register tiles of the convolution kernels: the part of the result that one invocation computes. A larger tile needs
 * fewer loads for each product, a smaller one leaves more invocations and compiles faster. All tiles of one shape give
 * the same bits, so the choice affects speed only. Each list starts with the best guess, from timings on a software
 * adapter; see docs/performance.md.
 */

import type { ConvSizes } from "./conv2d_sizes.ts";

/**
 * Tile of the forward kernel: pixels of y, and output channels (a multiple of 4). Of the strided input gradient: pixels
 * of dy, each of which stands for `stride` columns of one row of dx, and channels of dx.
 */
export interface PixelTile {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly outputs: number;
}

/** Tile of the weight gradient: channels of dy and of x (multiples of 4), taps of a row, columns of dy at a time. */
export interface GradWeightsTile {
  readonly name: string;
  readonly outputs: number;
  readonly inputs: number;
  readonly taps: number;
  readonly step: number;
}

/** Tiles of y = x * w, best guess first. */
export function forwardTiles({ OH, OW, O, C, STRIDE, KW }: ConvSizes): readonly PixelTile[] {
  const square = [2, 4, 8], wide = [1, 16, 8], line = [1, 8, 8];
  // Few loads to share (short sums, windows that hardly overlap): a square. Else as wide as a row has pixels for.
  const order = C <= 4 || STRIDE > 1 || OW < 8 ? [square, line, wide] : [OW < 16 ? line : wide, line, square];
  const widest = STRIDE > 2 || KW > 5 ? 4 : 16;
  return unique(order.map(([rows, columns, outputs]) => ({
    rows: fit(rows, OH),
    columns: Math.min(fit(columns, OW), widest),
    outputs: fitChannels(outputs, O),
  })));
}

/** Tiles of dx, best guess first. */
export function gradInputTiles(sizes: ConvSizes): readonly PixelTile[] {
  const turned = turnedSizes(sizes);
  if (turned !== null) return forwardTiles(turned);
  const { W, C, STRIDE } = sizes;
  const widest = Math.max(1, Math.floor(16 / STRIDE));
  return unique([[8, 8], [8, 4], [4, 8]].map(([columns, outputs]) => ({
    rows: 1,
    columns: Math.min(fit(columns, Math.ceil(W / STRIDE)), widest),
    outputs: fitChannels(outputs, C),
  })));
}

/** Sizes of the convolution of dy with turned weights that gives dx, if stride and window allow one; else null. */
export function turnedSizes(sizes: ConvSizes): ConvSizes | null {
  const { H, W, OH, OW, C, O, KH, KW, STRIDE, PAD } = sizes;
  if (STRIDE !== 1 || KH !== KW) return null;
  return { ...sizes, H: OH, W: OW, OH: H, OW: W, C: O, O: C, PAD: KH - 1 - PAD };
}

/** Tiles of the weight gradient, best guess first. */
export function gradWeightsTiles({ OW, O, C, KW, STRIDE }: ConvSizes): readonly GradWeightsTile[] {
  const taps = KW <= 3 ? KW : 1;
  const order = C <= 4 ? [[8, 4, 4], [16, 4, 4], [8, 4, 2]] : [[8, 8, 2], [8, 8, 4], [16, 4, 2]];
  return unique(order.map(([outputs, inputs, step]) => ({
    outputs: fitChannels(outputs, O),
    inputs: fitChannels(inputs, C),
    taps,
    step: STRIDE > 2 ? 1 : fit(step, OW),
  })));
}

/** The largest power of two up to `wanted` that is not twice what there is to compute. */
function fit(wanted: number, size: number): number {
  let found = wanted;
  while (found > 1 && found / 2 >= size) found /= 2;
  return found;
}

/** The same for channels, which come in fours. */
function fitChannels(wanted: number, channels: number): number {
  return Math.max(4, fit(wanted, channels));
}

/** Names the tiles by their numbers and drops those that say the same. */
function unique<T extends Record<string, number>>(tiles: readonly T[]): (T & { readonly name: string })[] {
  const named = tiles.map((tile) => ({ name: Object.values(tile).join("x"), ...tile }));
  return named.filter(({ name }, i) => named.findIndex((other) => other.name === name) === i);
}
