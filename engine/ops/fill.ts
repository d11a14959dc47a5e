/** A tensor of one repeated number. */

import { record } from "../graph/graph.ts";
import type { OpDef } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, lastDim, rowVec4s, type Shape, sizeOf, vec4Count } from "../arrays/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import { wgslFloat } from "./elementwise.ts";
import source from "./fill.wgsl" with { type: "text" };

interface FillAttrs {
  readonly [key: string]: unknown;
  readonly shape: Shape;
  readonly value: number;
}

/** A constant; it has no inputs and so no gradient. */
export const fillOp: OpDef<FillAttrs> = {
  name: "fill",
  shape: (_, { shape }) => [f32(...shape)],
  lower: ({ outputs, attrs }) => {
    const { shape } = outputs[0].spec;
    const count = vec4Count(shape);
    return [{
      label: "fill",
      source: fillTemplate(source, {
        consts: { COUNT: count, ROW: rowVec4s(shape), LAST: lastDim(shape) },
        text: { VALUE: wgslFloat(attrs.value) },
      }),
      bindings: [{ operand: outputs[0], kind: "read_write" }],
      workgroups: splitGrid(Math.ceil(count / 64)),
    }];
  },
  backward: null,
  reference: (
    _,
    { value },
    [out],
  ) => [{ shape: out.shape, data: new Float64Array(sizeOf(out.shape)).fill(value) }],
  flops: () => 0,
  cases: [
    { name: "scalar", inputs: [], attrs: { shape: [], value: 1 } },
    { name: "odd", inputs: [], attrs: { shape: [3, 5], value: -0.5 } },
    {
      name: "more than 65,535 workgroups",
      inputs: [],
      attrs: { shape: [65_537 * 64, 1], value: 2 },
      large: true,
    },
  ],
};

/**
 * A float32 tensor of `shape` in which every element is `value`, fixed when the program is recorded.
 *
 * @throws {RangeError} If float32 cannot hold the value, when the program is compiled.
 */
export function fill(shape: Shape, value: number): Tensor {
  return record(fillOp, [], { shape, value })[0];
}
