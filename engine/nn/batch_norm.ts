/** The BatchNorm layer. */

import { batchNorm } from "../ops/batch_norm.ts";
import { channelAffine } from "../ops/channel_affine.ts";
import { frozenNorm } from "../ops/frozen_norm.ts";
import { u32 } from "../arrays/shape.ts";
import { type Tensor, type Value, Variable } from "../graph/tensor.ts";
import { constantVector } from "./init.ts";
import type { Mode, Stateful } from "./model.ts";

/** Settings of a BatchNorm layer; the defaults are PyTorch's. */
export interface BatchNormOptions {
  readonly channels: number;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Share of a new batch in the running statistics. Default 0.1. */
  readonly momentum?: number;
}

/** How {@linkcode BatchNorm.apply} normalises. */
export interface BatchNormCall {
  readonly mode: Mode;
  /** Whether relu follows, at no extra cost. Default false. */
  readonly relu?: boolean;
}

/** A BatchNorm with parameters and running statistics of its own. */
export interface BatchNorm extends Stateful {
  /** [..., C] to the same shape. */
  apply(x: Value, call: BatchNormCall): Tensor;
}

/**
 * Makes a BatchNorm layer: parameters `<name>.weight` (starts at 1) and `<name>.bias` (0); buffers
 * `<name>.running_mean` (0), `<name>.running_var` (1, unbiased) and `<name>.num_batches_tracked` (u32, 0).
 *
 * In `train` and `batch` mode y = weight * (x - mean) / sqrt(variance + eps) + bias with mean and biased variance of
 * the batch over all dimensions but the last. In `eval` mode the running statistics take their place. `train` mode
 * needs at least two values per channel, since the running variance is the unbiased one.
 */
export function createBatchNorm(name: string, options: BatchNormOptions): BatchNorm {
  const { channels: size, eps = 1e-5, momentum = 0.1 } = options;
  const gamma = constantVector(`${name}.weight`, { size, value: 1 });
  const beta = constantVector(`${name}.bias`, { size, value: 0 });
  const running = {
    mean: constantVector(`${name}.running_mean`, { size, value: 0 }),
    variance: constantVector(`${name}.running_var`, { size, value: 1 }),
    batches: new Variable(`${name}.num_batches_tracked`, u32()),
  };
  return {
    parameters: [gamma, beta],
    buffers: [running.mean, running.variance, running.batches],
    apply(x, { mode, relu = false }) {
      if (mode === "eval") {
        const { scale, offset } = frozenNorm({ gamma, beta, eps, ...running });
        return channelAffine(x, scale, { offset, relu });
      }
      return batchNorm(x, gamma, {
        beta,
        eps,
        relu,
        momentum,
        running: mode === "train" ? running : undefined,
      });
    },
  };
}
