/** Random numbers in the shape of a batch of images. */

import { record } from "../graph/graph.ts";
import type { OpDef } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { normal2, philox4x32, type Stream, type U32x2, uniform01 } from "../../common/random.ts";
import { f32, type Shape, sizeOf, u32 } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import philoxSource from "../wgsl/philox.wgsl" with { type: "text" };
import source from "./random_images.wgsl" with { type: "text" };

interface RandomAttrs {
  readonly [key: string]: unknown;
  /** Shape of one example; its innermost dimension is at most 4. */
  readonly shape: Shape;
  readonly distribution: "uniform" | "normal";
  readonly key: U32x2;
}

/** out [B, ...shape]. Inputs: example numbers [B], step []. */
export const randomImagesOp: OpDef<RandomAttrs> = {
  name: "random_images",
  shape: ([examples], { shape }) => [f32(...examples.shape, ...shape)],
  lower: ({ inputs: [examples, step], outputs: [out], attrs: { shape, distribution, key } }) => {
    const C = shape[shape.length - 1], PIXELS = sizeOf(shape) / C;
    const COUNT = examples.spec.shape[0] * PIXELS;
    return [{
      label: "random_images",
      source: fillTemplate(source, {
        consts: { COUNT, PIXELS, C, KEY0: key[0], KEY1: key[1], NORMAL: distribution === "normal" ? 1 : 0 },
        include: [philoxSource],
      }),
      bindings: [
        { operand: examples, kind: "read" },
        { operand: step, kind: "read" },
        { operand: out, kind: "read_write" },
      ],
      workgroups: splitGrid(Math.ceil(COUNT / 64)),
      leading: true,
    }];
  },
  backward: null,
  reference: ([examples, step], { shape, distribution, key }, [out]) => {
    const c = shape[shape.length - 1], pixels = sizeOf(shape) / c;
    const data = new Float64Array(sizeOf(out.shape));
    for (let i = 0; i < data.length / c; i++) {
      const bits = philox4x32([examples.data[Math.floor(i / pixels)], step.data[0], i % pixels, 0], key);
      const values = distribution === "normal"
        ? [...normal2(bits[0], bits[1]), ...normal2(bits[2], bits[3])]
        : bits.map((word) => 2 * uniform01(word) - 1);
      for (let k = 0; k < c; k++) data[i * c + k] = values[k];
    }
    return [{ shape: out.shape, data }];
  },
  flops: () => 0,
  cases: (["uniform", "normal"] as const).flatMap((distribution) => [
    {
      name: `${distribution}, one pixel`,
      inputs: [u32(1), u32()],
      attrs: { shape: [1, 1, 3], distribution, key: [1, 2] as const },
    },
    {
      name: `${distribution}, images`,
      inputs: [u32(5), u32()],
      attrs: { shape: [3, 7, 3], distribution, key: [3, 4] as const },
      below: 2 ** 32,
    },
  ]),
};

/** Source of random numbers for a batch. */
export interface RandomSource {
  /** Numbers of the examples in their data set, [B]. */
  readonly examples: Value;
  /** Number of the sample for the same example (epoch, restart), []. */
  readonly step: Value;
  readonly stream: Stream;
}

/**
 * Random numbers for each example of a batch, uniform in [-1, 1) or standard normal. They depend on the example's
 * number, the step and the stream alone, not on its batch.
 *
 * @param shape Of one example, at most 4 innermost: [H, W, 3].
 * @returns [B, ...shape].
 */
export function randomImages(
  shape: Shape,
  { examples, step, stream, distribution }: RandomSource & { distribution: "uniform" | "normal" },
): Tensor {
  return record(randomImagesOp, [examples, step], { shape, distribution, key: stream.key })[0];
}
