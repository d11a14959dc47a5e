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
}

const SIDES = [4, 8, 12, 16];

/** What loading one vec4 costs in multiply-adds on the software adapter; it decides between waste and reuse. */
const LOAD_COST = 17;

/** Invocations that keep a device busy. */
const ENOUGH = 512;

/** Terms of a sum below which splitting it costs more than it gains. */
const SHORTEST_PART = 64;

/**
 * The tile that costs least: products computed, those beyond the edge included, plus the loads they share.
 * Large tiles load less, small ones waste less at the edges and keep more invocations busy; where even the
 * smallest leave the device idle, the sum is split.
 */
export function matmulTile({ batch, m, n, k }: MatmulProblem): MatmulTile {
  const longest = Math.max(1, Math.floor(k / SHORTEST_PART));
  let best: MatmulTile = { rows: 4, cols: 4, splits: 1 }, least = Infinity;
  for (const rows of SIDES) {
    for (const cols of SIDES) {
      const owners = batch * Math.ceil(m / rows) * Math.ceil(n / cols);
      const splits = Math.max(1, Math.min(longest, Math.ceil(ENOUGH / Math.max(1, owners))));
      const idle = Math.max(1, ENOUGH / Math.max(1, owners * splits));
      const cost = owners * rows * cols * (1 + LOAD_COST * (rows + cols) / (4 * rows * cols)) * idle;
      if (cost < least) [best, least] = [{ rows, cols, splits }, cost];
    }
  }
  return best;
}
