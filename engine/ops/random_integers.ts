/** A random whole number for each example of a batch. */

import { record } from "../graph/graph.ts";
import type { OpDef } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { philox4x32, type U32x2 } from "../../common/random.ts";
import { formatShape, rowVec4s, u32 } from "../arrays/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import philoxSource from "../wgsl/philox.wgsl" with { type: "text" };
import type { RandomSource } from "./random_images.ts";
import source from "./random_integers.wgsl" with { type: "text" };

interface IntegersAttrs {
  readonly [key: string]: unknown;
  readonly below: number;
  readonly key: U32x2;
}

/** out [B] u32. Inputs: example numbers [B], step []. */
export const randomIntegersOp: OpDef<IntegersAttrs> = {
  name: "random_integers",
  shape: ([examples], { below }) => {
    if (examples.shape.length !== 1) {
      throw new RangeError(
        `Cannot draw integers: expected example numbers [B], got ${formatShape(examples.shape)}`,
      );
    }
    if (!Number.isSafeInteger(below) || below < 1 || below >= 2 ** 32) {
      throw new RangeError(`Cannot draw integers: the bound must be between 1 and 2^32 - 1, it is ${below}`);
    }
    return [u32(...examples.shape)];
  },
  lower: ({ inputs: [examples, step], outputs: [out], attrs: { below, key } }) => {
    const PADDED = 4 * rowVec4s(out.spec.shape);
    return [{
      label: "random_integers",
      source: fillTemplate(source, {
        consts: { B: out.spec.shape[0], PADDED, BELOW: below, KEY0: key[0], KEY1: key[1] },
        include: [philoxSource],
      }),
      bindings: [
        { operand: examples, kind: "read" },
        { operand: step, kind: "read" },
        { operand: out, kind: "read_write" },
      ],
      workgroups: splitGrid(Math.ceil(PADDED / 64)),
    }];
  },
  backward: null,
  reference: ([examples, step], { below, key }) => {
    const data = examples.data.map((example) => {
      const [bits] = philox4x32([example, step.data[0], 0, 0], key);
      return Number(BigInt(bits) * BigInt(below) >> 32n);
    });
    return [{ shape: examples.shape, data }];
  },
  flops: () => 0,
  cases: [
    { name: "one example", inputs: [u32(1), u32()], attrs: { below: 1, key: [1, 2] } },
    { name: "timesteps", inputs: [u32(13), u32()], attrs: { below: 1000, key: [3, 4] }, below: 2 ** 32 },
    {
      name: "above a workgroup",
      inputs: [u32(70), u32()],
      attrs: { below: 2 ** 32 - 1, key: [5, 6] },
      below: 2 ** 32,
    },
    { name: "empty batch", inputs: [u32(0), u32()], attrs: { below: 3, key: [7, 8] } },
  ],
};

/** Settings of {@linkcode randomIntegers}. */
export interface RandomIntegersOptions extends RandomSource {
  /** Upper bound, exclusive. */
  readonly below: number;
}

/**
 * A whole number for each example, uniform from 0 up to but not including `below`; the bias is smaller than
 * below / 2^32. It depends on the example's number, the step and the stream alone, and equals `Stream.below` of them.
 *
 * @returns [B] of u32.
 * @throws {RangeError} If the bound is not a whole number from 1 up.
 */
export function randomIntegers({ examples, step, stream, below }: RandomIntegersOptions): Tensor {
  return record(randomIntegersOp, [examples, step], { below, key: stream.key })[0];
}
