/**
 * Convolution kernels for devices with workgroup memory: implicit matrix products over tiles that a workgroup shares.
 * They give the bits of the kernels in `conv2d_kernels.ts`, see their orders of summation.
 */

import type { Kernel } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32 } from "../arrays/shape.ts";
import { fillTemplate } from "../wgsl/template.ts";
import type { ForwardPlan, GradWeightsPlan } from "./conv2d_kernels.ts";
import type { ConvSizes } from "./conv2d_sizes.ts";
import { sumKernels } from "./reduce_sum.ts";
import forwardSource from "./conv2d_shared.wgsl" with { type: "text" };
import gradWeightsSource from "./conv2d_shared_grad_weights.wgsl" with { type: "text" };

/**
 * The part that a workgroup of 256 computes: rows are pixels of y, or channels of dy; columns are channels of y, or of
 * x by tap.
 */
export interface SharedTile {
  /** "shared 64x64". */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
}

const quads = (n: number) => Math.ceil(n / 4);

const tile = (rows: number, columns: number): SharedTile => ({
  name: `shared ${rows}x${columns}`,
  rows,
  columns,
});

/** Workgroups that keep hardware busy: below, smaller tiles come first. */
const ENOUGH_WORKGROUPS = 128;

/** Tiles for y = x * w (and for dx at stride 1), best guess first; none where most of a tile would be empty. */
export function sharedForwardTiles({ N, OH, OW, O, C }: ConvSizes): SharedTile[] {
  const pixels = N * OH * OW;
  if (O < 16 || C < 4 || pixels < 64) return [];
  if (O <= 32) return [tile(128, 32), tile(64, 64)];
  const large = Math.ceil(pixels / 128) * Math.ceil(O / 128) >= ENOUGH_WORKGROUPS && O >= 128;
  return large ? [tile(128, 128), tile(128, 64), tile(64, 64)] : [tile(64, 64), tile(128, 64), tile(128, 32)];
}

/** Tiles for dw, best guess first; none where most of a tile would be empty. */
export function sharedGradWeightsTiles({ O, C, KH, KW }: ConvSizes): SharedTile[] {
  const columns = KH * KW * quads(C) * 4;
  if (O < 16 || columns < 32) return [];
  return O <= 32 ? [tile(32, 128), tile(64, 64)] : [tile(64, 64), tile(128, 64), tile(32, 128)];
}

/** The invocations of a workgroup as rows and columns: four by four sums each, or more where the tile is larger. */
function invocations({ rows, columns }: SharedTile): { TX: number; TY: number } {
  return rows * columns === 4096 ? { TX: columns / 4, TY: rows / 4 } : { TX: 16, TY: 16 };
}

/** y = x * w + bias; dx at stride 1 with dy for x, turned weights for w, and sizes to match. */
export function sharedForwardKernel({ x, w, bias, y, sizes }: ForwardPlan, tile: SharedTile): Kernel {
  const { N, OH, OW, O, C, KH, KW } = sizes;
  const COL_BLOCKS = Math.ceil(O / tile.columns);
  const COUNT = Math.ceil(N * OH * OW / tile.rows) * COL_BLOCKS;
  return {
    label: `conv2d ${KW}x${KW}, ${tile.name}`,
    source: fillTemplate(forwardSource, {
      consts: {
        ...sizes,
        C4: quads(C),
        O4: quads(O),
        ROWS: tile.rows,
        COLS: tile.columns,
        ...invocations(tile),
        PIXELS: Math.max(1, N * OH * OW),
        STEPS: KH * KW * quads(C),
        COL_BLOCKS,
        COUNT,
        BIAS: bias === undefined ? 0 : 1,
      },
    }),
    bindings: [
      ...[x, w, ...(bias === undefined ? [] : [bias])].map((operand) => ({ operand, kind: "read" as const })),
      { operand: y, kind: "read_write" },
    ],
    workgroups: splitGrid(COUNT),
    leading: true,
    leadingSlack: COL_BLOCKS,
  };
}

/** dw from x and dy: sums over parts of the rows, then over the parts. */
export function sharedGradWeightsKernels(
  { x, dy, dw, sizes, rowsPerPart, scratch }: GradWeightsPlan & { readonly rowsPerPart: number },
  tile: SharedTile,
): Kernel[] {
  const { N, OH, O, C, KH, KW } = sizes;
  const C4 = quads(C), LINES = N * OH;
  const SPLITS = Math.max(1, Math.ceil(LINES / rowsPerPart));
  const ROW_BLOCKS = Math.ceil(O / tile.rows), COL_BLOCKS = Math.ceil(KH * KW * C4 * 4 / tile.columns);
  const COUNT = SPLITS * ROW_BLOCKS * COL_BLOCKS;
  const part = SPLITS === 1 ? dw : scratch(f32(SPLITS * O, KH, KW, C));
  const partial: Kernel = {
    label: `conv2d_grad_weights ${KW}x${KW}, ${tile.name}`,
    source: fillTemplate(gradWeightsSource, {
      consts: {
        ...sizes,
        C4,
        O4: quads(O),
        ROWS: tile.rows,
        COLS: tile.columns,
        ...invocations(tile),
        LINES: Math.max(1, LINES),
        PART: rowsPerPart,
        ROW_BLOCKS,
        COL_BLOCKS,
        COUNT,
      },
    }),
    bindings: [
      ...[x, dy].map((operand) => ({ operand, kind: "read" as const })),
      { operand: part, kind: "read_write" },
    ],
    workgroups: splitGrid(COUNT),
  };
  if (SPLITS === 1) return [partial];
  const inner = O * KH * KW * C4;
  return [
    partial,
    ...sumKernels({ x: part, out: dw, outer: 1, length: SPLITS, inner, lanes: false, scratch }),
  ];
}
