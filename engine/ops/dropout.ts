/** Dropout: random elements become 0. */

import { asTensor, record } from "../graph/graph.ts";
import type { OpDef } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { philox4x32, type U32x2, uniform01 } from "../../common/random.ts";
import { f32, formatShape, lastDim, rowVec4s, sizeOf, u32, vec4Count } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import philoxSource from "../wgsl/philox.wgsl" with { type: "text" };
import { wgslFloat } from "./elementwise.ts";
import type { RandomSource } from "./random_images.ts";
import source from "./dropout.wgsl" with { type: "text" };

interface DropoutAttrs {
  readonly [key: string]: unknown;
  readonly rate: number;
  readonly key: U32x2;
}

/** y in the shape of x. Inputs: x [B, ...], example numbers [B], step []. */
export const dropoutOp: OpDef<DropoutAttrs> = {
  name: "dropout",
  shape: ([x, examples], { rate }) => {
    if (!(rate >= 0 && rate < 1)) {
      throw new RangeError(`Cannot drop elements: rate must lie in [0, 1), got ${rate}`);
    }
    if (x.shape.length < 2 || examples.shape.length !== 1 || x.shape[0] !== examples.shape[0]) {
      throw new RangeError(
        `Cannot drop elements: expected x [B, ...] and example numbers [B], got ${
          formatShape(x.shape)
        } and ` +
          formatShape(examples.shape),
      );
    }
    return [f32(...x.shape)];
  },
  lower: ({ inputs: [x, examples, step], outputs: [y], attrs: { rate, key } }) => {
    const { shape } = x.spec, COUNT = vec4Count(shape);
    return [{
      label: "dropout",
      source: fillTemplate(source, {
        consts: { COUNT, SIZE: vec4Count(shape.slice(1)), KEY0: key[0], KEY1: key[1] },
        text: { RATE: wgslFloat(rate), SCALE: wgslFloat(1 / (1 - rate)) },
        include: [philoxSource],
      }),
      bindings: [
        ...[x, examples, step].map((operand) => ({ operand, kind: "read" as const })),
        { operand: y, kind: "read_write" },
      ],
      workgroups: splitGrid(Math.ceil(COUNT / 64)),
    }];
  },
  // The mask is a function of the example, not of x: the gradient goes through the same one.
  backward: ({ inputs: [, examples, step], grads: [g], attrs }) => [
    record(dropoutOp, [g!, examples, step], attrs)[0],
    null,
    null,
  ],
  reference: ([x, examples, step], { rate, key }) => {
    const c = lastDim(x.shape), row = rowVec4s(x.shape), size = sizeOf(x.shape.slice(1));
    const data = x.data.map((v, i) => {
      const at = i % size, block = Math.floor(at / c) * row + Math.floor(at % c / 4);
      const bits = philox4x32([examples.data[Math.floor(i / size)], step.data[0], block, 0], key);
      return uniform01(bits[at % c % 4]) >= Math.fround(rate) ? v / (1 - rate) : 0;
    });
    return [{ shape: x.shape, data }];
  },
  flops: () => 0,
  cases: [
    { name: "one element", inputs: [f32(1, 1), u32(1), u32()], attrs: { rate: 0, key: [1, 2] } },
    { name: "odd", inputs: [f32(3, 5, 7), u32(3), u32()], attrs: { rate: 0.5, key: [3, 4] } },
    {
      name: "images",
      inputs: [f32(5, 3, 4, 9), u32(5), u32()],
      attrs: { rate: 0.1, key: [5, 6] },
      below: 2 ** 32,
    },
    { name: "empty batch", inputs: [f32(0, 4), u32(0), u32()], attrs: { rate: 0.3, key: [7, 8] } },
  ],
};

/** Settings of {@linkcode dropout}. */
export interface DropoutOptions {
  /** Share of elements that become 0, in [0, 1). */
  readonly rate: number;
  /** The source of the mask. */
  readonly random: RandomSource;
}

/**
 * Sets elements to 0, each with probability `rate`, and divides the others by 1 - rate, so that the expectation stays.
 * The mask depends on the example's number, the step and the stream alone, not on its batch; the gradient uses the same
 * one. A rate of 0 records nothing.
 * Source: Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html, section 10 (scaled in training).
 *
 * @param x [B, ...], at least two dimensions.
 * @throws {RangeError} If the rate is out of range, or the source is of another number of examples.
 */
export function dropout(x: Value, { rate, random: { examples, step, stream } }: DropoutOptions): Tensor {
  if (rate === 0) return asTensor(x);
  return record(dropoutOp, [x, examples, step], { rate, key: stream.key })[0];
}
