/** The running statistics of BatchNorm, moved towards those of one batch. */

import { record } from "../graph.ts";
import type { OpDef } from "../op.ts";
import { f32, formatShape, rowVec4s, sameShape, u32 } from "../shape.ts";
import type { Value, Variable } from "../tensor.ts";
import { fillTemplate } from "../wgsl_template.ts";
import { wgslFloat } from "./elementwise.ts";
import source from "./running_stats.wgsl" with { type: "text" };

interface RunningStatsAttrs {
  readonly [key: string]: unknown;
  /** Share of the new batch. */
  readonly momentum: number;
  /** Values per channel in the batch. */
  readonly rows: number;
}

/**
 * Changes running mean [C], running variance [C] and the number of batches [] in place; the other inputs are the
 * batch's mean [C] and biased variance [C].
 */
export const runningStatsOp: OpDef<RunningStatsAttrs> = {
  name: "running_stats",
  shape: ([mean, ...rest], { rows }) => {
    const [variance, , batchMean, batchVariance] = rest;
    for (const s of [variance, batchMean, batchVariance]) {
      if (mean.shape.length !== 1 || !sameShape(s.shape, mean.shape)) {
        throw new RangeError(
          `Cannot update running statistics: expected ${formatShape(mean.shape)}, got ${
            formatShape(s.shape)
          }`,
        );
      }
    }
    if (rows < 2) {
      throw new RangeError(
        `Cannot update running statistics: a variance needs two values per channel, got ${rows}`,
      );
    }
    return [];
  },
  mutates: [0, 1, 2],
  lower: ({ inputs: [mean, variance, batches, batchMean, batchVariance], attrs: { momentum, rows } }) => {
    const C4 = rowVec4s(mean.spec.shape);
    return [{
      label: "running_stats",
      source: fillTemplate(source, {
        consts: { C4 },
        text: { MOMENTUM: wgslFloat(momentum), UNBIASED: wgslFloat(rows / (rows - 1)) },
      }),
      bindings: [
        ...[mean, variance, batches].map((operand) => ({ operand, kind: "read_write" as const })),
        ...[batchMean, batchVariance].map((operand) => ({ operand, kind: "read" as const })),
      ],
      workgroups: [Math.ceil(C4 / 64), 1, 1],
    }];
  },
  backward: null,
  reference: ([mean, variance, batches, batchMean, batchVariance], { momentum, rows }) => {
    batches.data[0] += 1;
    for (let c = 0; c < mean.data.length; c++) {
      mean.data[c] += momentum * (batchMean.data[c] - mean.data[c]);
      variance.data[c] += momentum * (batchVariance.data[c] * rows / (rows - 1) - variance.data[c]);
    }
    return [];
  },
  flops: () => 0,
  cases: [[1, 2], [7, 50], [256, 9], [261, 1024]].map(([channels, rows]) => ({
    name: `${channels} channels, ${rows} rows`,
    inputs: [f32(channels), f32(channels), u32(), f32(channels), f32(channels)],
    attrs: { momentum: 0.1, rows },
    positive: true,
  })),
};

/** What {@linkcode updateRunningStats} changes. */
export interface RunningStats {
  /** [C]. */
  readonly mean: Variable;
  /** [C], unbiased. */
  readonly variance: Variable;
  /** [] of u32: batches seen. */
  readonly batches: Variable;
}

/** One batch's statistics. */
export interface BatchStats {
  /** [C]. */
  readonly mean: Value;
  /** [C], biased (divided by `rows`). */
  readonly variance: Value;
  /** Values per channel in the batch. */
  readonly rows: number;
}

/**
 * Moves running statistics towards those of one batch, as PyTorch's BatchNorm does in training:
 * running = (1 - momentum) * running + momentum * batch, with the unbiased variance, n / (n - 1) times the biased.
 *
 * @throws {RangeError} If the shapes differ or `rows` is below 2.
 */
export function updateRunningStats(
  running: RunningStats,
  batch: BatchStats,
  { momentum = 0.1 }: { momentum?: number } = {},
): void {
  const { mean, variance, batches } = running;
  record(runningStatsOp, [mean, variance, batches, batch.mean, batch.variance], {
    momentum,
    rows: batch.rows,
  });
}
