/**
 * How much of a matrix product one invocation computes, and into how many parts its sum is split.
 *
 * @module
 */

/** Rows and columns an invocation computes, and the parts the sum is split into. */
export interface MatmulTile {
  readonly rows: number;
  readonly cols: number;
  readonly splits: number;
}

/** Sizes that decide the tile. */
export interface MatmulProblem {
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Whether the sum may be split. Not where rows are examples: the order of a sum must not depend on their number. */
  readonly split: boolean;
  /** Whether the device is a software one. */
  readonly software: boolean;
}

/** What suits a kind of device. */
interface TileLimits {
  /** Rows or columns to choose from. */
  readonly sides: readonly number[];
  /** What loading one vec4 costs in multiply-adds: decides between waste at the edges and reuse. */
  readonly loadCost: number;
  /** Invocations that keep the device busy. */
  readonly enough: number;
}

/** Measured on llvmpipe, where a texture load costs 4.2 ns and a product of eight lanes 0.25 ns. */
const SOFTWARE: TileLimits = { sides: [4, 8, 12, 16], loadCost: 17, enough: 512 };

/** A thread has at most 255 registers there, so 64 sums are safe and 256 are not; chosen, not measured. */
const HARDWARE: TileLimits = { sides: [4, 8], loadCost: 17, enough: 4096 };

/** Terms of a sum below which splitting it costs more than it gains. */
const SHORTEST_PART = 64;

/**
 * The tile that costs least: products computed, those beyond the edge included, plus the loads they share.
 * Large tiles load less, small ones waste less at the edges and keep more invocations busy; where even the
 * smallest leave the device idle, the sum is split.
 */
export function matmulTile({ batch, m, n, k, split, software }: MatmulProblem): MatmulTile {
  const { sides, loadCost, enough } = software ? SOFTWARE : HARDWARE;
  const longest = split ? Math.max(1, Math.floor(k / SHORTEST_PART)) : 1;
  let best: MatmulTile = { rows: 4, cols: 4, splits: 1 }, least = Infinity;
  for (const rows of sides) {
    for (const cols of sides) {
      const owners = Math.max(1, batch * Math.ceil(m / rows) * Math.ceil(n / cols));
      const splits = Math.max(1, Math.min(longest, Math.ceil(enough / owners)));
      const idle = Math.max(1, enough / (owners * splits));
      const cost = owners * rows * cols * (1 + loadCost * (rows + cols) / (4 * rows * cols)) * idle;
      if (cost < least) [best, least] = [{ rows, cols, splits }, cost];
    }
  }
  return best;
}
