/** A random permutation for each example of a batch. */

import { record } from "../graph/graph.ts";
import type { OpCase, OpDef } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { philox4x32, type U32x2 } from "../../common/random.ts";
import { rowVec4s, u32 } from "../arrays/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import philoxSource from "../wgsl/philox.wgsl" with { type: "text" };
import type { RandomSource } from "./random_images.ts";
import source from "./random_order.wgsl" with { type: "text" };

interface OrderAttrs {
  readonly [key: string]: unknown;
  /** T, the length of the order. */
  readonly count: number;
  /** Number of entries kept, from the first. */
  readonly take: number;
  readonly key: U32x2;
}

/** out u32 [B, take]. Inputs: example numbers [B], step []. */
export const randomOrderOp: OpDef<OrderAttrs> = {
  name: "random_order",
  shape: ([examples], { count, take }) => {
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(
        `Cannot draw an order: the count has to be an integer of at least 1, it is ${count}`,
      );
    }
    if (!Number.isInteger(take) || take < 1 || take > count) {
      throw new RangeError(`Cannot draw an order: ${take} of ${count} were asked for`);
    }
    return [u32(...examples.shape, take)];
  },
  lower: ({ inputs: [examples, step], outputs: [out], attrs: { count, take, key }, scratch }) => {
    const [B] = examples.spec.shape, T4 = rowVec4s([count]), TAKE_ROW = 4 * rowVec4s([take]);
    const WIDTH = Math.max(count, TAKE_ROW);
    const draws = scratch(u32(B, count));
    const template = (consts: Record<string, number>) =>
      fillTemplate(source, { consts, include: [philoxSource] });
    return [{
      label: "random_order draws",
      source: template({ RANK: 0, COUNT: B * T4, T4, KEY0: key[0], KEY1: key[1] }),
      bindings: [
        { operand: examples, kind: "read" },
        { operand: step, kind: "read" },
        { operand: draws, kind: "read_write" },
      ],
      workgroups: splitGrid(Math.ceil(B * T4 / 64)),
    }, {
      label: "random_order ranks",
      source: template({ RANK: 1, COUNT: B * WIDTH, WIDTH, T: count, T4, TAKE: take, TAKE_ROW }),
      bindings: [{ operand: draws, kind: "read" }, { operand: out, kind: "read_write" }],
      workgroups: splitGrid(Math.ceil(B * WIDTH / 64)),
    }];
  },
  backward: null,
  reference: ([examples, step], { count, take, key }, [out]) => {
    const orders = Array.from(examples.data, (example) => {
      const draws = Array.from(
        { length: Math.ceil(count / 4) },
        (_, block) => philox4x32([example, step.data[0], block, 0], key),
      ).flat();
      return draws.slice(0, count).map((_, t) => t).sort((s, t) => draws[s] - draws[t] || s - t).slice(
        0,
        take,
      );
    });
    return [{ shape: out.shape, data: Float64Array.from(orders.flat()) }];
  },
  flops: () => 0,
  cases: [
    orderCase("one of one", { b: 1, count: 1, take: 1 }),
    orderCase("odd", { b: 3, count: 7, take: 7 }),
    orderCase("the first five", { b: 3, count: 9, take: 5 }),
    orderCase("whole vec4s", { b: 2, count: 16, take: 4 }),
    orderCase("above a workgroup", { b: 5, count: 67, take: 67 }),
    orderCase("empty batch", { b: 0, count: 4, take: 2 }),
  ],
};

function orderCase(
  name: string,
  { b, count, take }: { b: number; count: number; take: number },
): OpCase<OrderAttrs> {
  return { name, inputs: [u32(b), u32()], attrs: { count, take, key: [5, 6] }, below: 2 ** 32 };
}

/** Settings of {@linkcode randomOrder}. */
export interface RandomOrderOptions {
  /** T: the numbers are 0 to T - 1. */
  readonly count: number;
  /** Number of entries to return, from the first; default all. */
  readonly take?: number;
  readonly random: RandomSource;
}

/**
 * A random order of 0..T-1 for each example, or the first `take` numbers of it: a random subset without repetition.
 * Numbers are ranked by one random 32-bit word each, equal words by position. An example's order depends on its number,
 * the step and the stream alone, not on its batch, nor on `take`.
 *
 * @returns u32 [B, take].
 * @throws {RangeError} If `count` is not a positive integer or `take` not between 1 and it.
 */
export function randomOrder({ count, take = count, random }: RandomOrderOptions): Tensor {
  const { examples, step, stream } = random;
  return record(randomOrderOp, [examples, step], { count, take, key: stream.key })[0];
}
