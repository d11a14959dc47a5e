/**
 * Tiles of a matrix product, per invocation or workgroup, and the number of parts of its sum.
 *
 * @module
 */

import { MAX_LOOP_ITERATIONS } from "../graph/op.ts";

/** The part that one invocation computes, or, where it is shared, one workgroup. */
export interface MatmulTile {
  /** "16x12", "shared 64x64". */
  readonly name: string;
  readonly rows: number;
  readonly cols: number;
  /** Whether a workgroup shares what it loads, see matmul_shared.wgsl. */
  readonly shared: boolean;
}

/** Sizes that decide the tile. */
export interface MatmulProblem {
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Whether the sum may be split. Not where rows are examples: the order of a sum must not depend on their number. */
  readonly split: boolean;
  /** Whether the device is a software one. */
  readonly software: boolean;
}

/** Limits of tiles on a kind of device. */
interface TileLimits {
  /** Rows or columns to choose from. */
  readonly sides: readonly number[];
  /** Cost of loading one vec4, in multiply-adds: weighs waste at the edges against reuse. */
  readonly loadCost: number;
  /** Invocations that keep the device busy. */
  readonly enough: number;
}

/** Measured on llvmpipe, where a texture load costs 4.2 ns and a product of eight lanes 0.25 ns. */
const SOFTWARE: TileLimits = { sides: [4, 8, 12, 16], loadCost: 17, enough: 512 };

/** A thread has at most 255 registers there, so 64 sums are safe and 256 are not; chosen, not measured. */
const HARDWARE: TileLimits = { sides: [4, 8], loadCost: 17, enough: 16_384 };

/** Sides of tiles that a workgroup of 256 shares: 16 x 16 invocations of 4 or 8 rows and columns; chosen likewise. */
const SHARED_SIDES = [[64, 64], [128, 128], [128, 64]];

/** Workgroups that keep hardware busy: below, smaller tiles come first. */
const ENOUGH_WORKGROUPS = 128;

/** Rows and columns below which most of a shared tile would lie beyond the edge. */
const MIN_SHARED = 32;

/** Sums that one invocation keeps, by form: more are no faster (a b), or take too long to compile (a^T b^T). */
const MAX_SUMS = { NN: 192, NT: 256, TN: 256, TT: 128 };

/** Terms of a sum below which splitting it costs more than it gains. */
const MIN_PART = 64;

/** Maximum number of variants. */
const MAX_TILES = 5;

interface Rated {
  readonly tile: MatmulTile;
  readonly splits: number;
  readonly cost: number;
}

/**
 * The tiles of least cost by count: products computed, those beyond the edge included, plus the loads they share. Large
 * tiles load less, small ones waste less at the edges and keep more invocations busy. Tiles that a workgroup shares
 * come before all others where a device has workgroup memory.
 */
export function matmulTiles(problem: MatmulProblem): MatmulTile[] {
  const own = ratedTiles(problem).map(({ tile }) => tile);
  return [...sharedTiles(problem), ...own].slice(0, MAX_TILES);
}

/**
 * How many parts the sum has: 1, unless even the tiles that keep most invocations busy leave the device idle, or the
 * sum is longer than an invocation may run. Depends
 * on the sizes and the device, not on which tile computes, so that all of them give the same bits.
 */
export function matmulSplits(problem: MatmulProblem): number {
  const needed = problem.split ? Math.ceil(problem.k / MAX_LOOP_ITERATIONS) : 1;
  return Math.max(needed, ratedTiles(problem)[0].splits);
}

/** The tile of that name, "16x8" or "shared 64x64". @throws {SyntaxError} If it is not the name of a tile. */
export function tileNamed(name: string): MatmulTile {
  const match = /^(shared )?(\d+)x(\d+)$/.exec(name);
  if (match === null) throw new SyntaxError(`Cannot multiply matrices: "${name}" names no tile`);
  return { name, rows: Number(match[2]), cols: Number(match[3]), shared: match[1] !== undefined };
}

/** Tiles of single invocations, the cheapest first. */
function ratedTiles({ batch, m, n, k, split, software, transposeA, transposeB }: MatmulProblem): Rated[] {
  const { sides, loadCost, enough } = software ? SOFTWARE : HARDWARE;
  const longest = split ? Math.max(1, Math.floor(k / MIN_PART)) : 1;
  const form = transposeA ? (transposeB ? "TT" : "TN") : transposeB ? "NT" : "NN";
  const rate = (rows: number, cols: number): Rated => {
    const owners = Math.max(1, batch * Math.ceil(m / rows) * Math.ceil(n / cols));
    const splits = Math.max(1, Math.min(longest, Math.ceil(enough / owners)));
    const idle = Math.max(1, enough / (owners * splits));
    const cost = owners * rows * cols * (1 + loadCost * (rows + cols) / (4 * rows * cols)) * idle;
    return { tile: tileNamed(`${rows}x${cols}`), splits, cost };
  };
  return sides.flatMap((rows) => sides.map((cols) => ({ rows, cols })))
    .filter(({ rows, cols }) => rows * cols <= MAX_SUMS[form])
    .map(({ rows, cols }) => rate(rows, cols))
    .toSorted((a, b) => a.cost - b.cost);
}

/** Tiles that a workgroup shares, the best guess first: the largest that still makes enough workgroups. */
function sharedTiles({ batch, m, n, software, ...problem }: MatmulProblem): MatmulTile[] {
  if (software || Math.min(m, n) < MIN_SHARED) return [];
  const splits = matmulSplits({ batch, m, n, software, ...problem });
  const groups = ([rows, cols]: number[]) => batch * splits * Math.ceil(m / rows) * Math.ceil(n / cols);
  const order = groups([128, 128]) >= ENOUGH_WORKGROUPS ? [1, 2, 0] : [0, 2, 1];
  return order.map((i) => SHARED_SIDES[i]).map(([rows, cols]) => tileNamed(`shared ${rows}x${cols}`));
}
