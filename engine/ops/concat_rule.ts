/** Concatenation, shared by concat and the gradient of split. */

import { asTensor, record } from "../graph/graph.ts";
import type { NdArray, OpCase, OpDef } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, formatShape, type Shape, sizeOf, u32, vec4Count } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import source from "./concat.wgsl" with { type: "text" };

/** Settings of a concatenation. */
export interface ConcatAttrs {
  readonly [key: string]: unknown;
  readonly axis: number;
}

/** Inputs of one kernel: WebGPU guarantees eight storage buffers, one is the output. */
const MAX_PARTS = 7;

/**
 * out = the inputs, up to seven, concatenated along `axis`. The users add the gradient: concat's is split, and split's
 * is concat.
 */
export const concatRule: Omit<OpDef<ConcatAttrs>, "backward"> = {
  name: "concat",
  shape: (parts, { axis }) => {
    const [first] = parts;
    for (const part of parts) {
      const alike = part.shape.length === first.shape.length && part.dtype === first.dtype &&
        part.shape.every((n, d) => d === axis || n === first.shape[d]);
      if (!alike || axis < 0 || axis >= first.shape.length) {
        throw new RangeError(
          `Cannot concatenate along axis ${axis}: shapes do not fit together, ${
            parts.map(({ dtype, shape }) => `${dtype} ${formatShape(shape)}`).join(" and ")
          }`,
        );
      }
    }
    const total = parts.reduce((sum, { shape }) => sum + shape[axis], 0);
    return [{ shape: first.shape.map((n, d) => d === axis ? total : n), dtype: first.dtype }];
  },
  lower: ({ inputs, outputs: [out], attrs: { axis } }) => {
    const shapes = inputs.map(({ spec }) => spec.shape);
    const last = axis === out.spec.shape.length - 1;
    const aligned = !last || shapes.slice(0, -1).every((shape) => shape[axis] % 4 === 0);
    const count = vec4Count(out.spec.shape);
    return [{
      label: "concat",
      source: fillTemplate(source, {
        consts: {
          PARTS: inputs.length,
          COUNT: count,
          ROW: Math.max(1, vec4Count(out.spec.shape.slice(axis))),
          WIDTH: out.spec.shape[axis],
          ALIGNED: aligned ? 1 : 0,
        },
        text: { BRANCHES: branches(shapes, { axis, aligned }) },
      }),
      bindings: [
        ...inputs.map((operand) => ({ operand, kind: "read" as const })),
        { operand: out, kind: "read_write" },
      ],
      workgroups: splitGrid(Math.ceil(count / 64)),
    }];
  },
  reference: (parts, { axis }, [out]) => [concatReference(parts, { axis, shape: out.shape })],
  flops: () => 0,
  cases: [
    concatCase("one element each", 0, [[1], [1]]),
    concatCase("a single part", 1, [[3, 5]]),
    concatCase("innermost, odd widths", 2, [[2, 3, 5], [2, 3, 1], [2, 3, 7]]),
    concatCase("innermost, multiples of four, then not", 1, [[3, 4], [3, 8], [3, 2]]),
    concatCase("outermost", 0, [[2, 5], [1, 5], [4, 5]]),
    concatCase("middle: a token before others", 1, [[3, 1, 6], [3, 4, 6]]),
    concatCase("an empty part", 1, [[3, 2], [3, 0], [3, 3]]),
    concatCase("empty batch", 1, [[0, 2, 3], [0, 5, 3]]),
    concatCase("seven parts", 1, [[5, 1], [5, 2], [5, 3], [5, 4], [5, 5], [5, 6], [5, 7]]),
    { ...concatCase("above a workgroup", 3, [[2, 9, 9, 6], [2, 9, 9, 10]]), large: true },
    { name: "unsigned", inputs: [u32(3, 5), u32(3, 2)], attrs: { axis: 1 }, large: true },
  ],
};

function concatCase(name: string, axis: number, shapes: Shape[]): OpCase<ConcatAttrs> {
  return { name, inputs: shapes.map((shape) => f32(...shape)), attrs: { axis } };
}

/** WGSL: which part holds `r` (a vec4, or an element if not aligned), and where. */
function branches(shapes: readonly Shape[], { axis, aligned }: { axis: number; aligned: boolean }): string {
  let start = 0;
  const lines = shapes.map((shape, k) => {
    const row = vec4Count(shape.slice(axis));
    const from = start;
    start += aligned ? row : shape[axis];
    const at = `r - ${from}u`;
    const read = aligned
      ? `in${k}[outer * ${row}u + (${at})]`
      : `in${k}[outer * ${row}u + (${at}) / 4u][(${at}) % 4u]`;
    return k === shapes.length - 1 ? `  return ${read};` : `  if (r < ${start}u) { return ${read}; }`;
  });
  return lines.join("\n");
}

function concatReference(
  parts: readonly NdArray[],
  { axis, shape }: { axis: number; shape: Shape },
): NdArray {
  const data = new Float64Array(sizeOf(shape));
  const row = sizeOf(shape.slice(axis));
  let start = 0;
  for (const part of parts) {
    const width = sizeOf(part.shape.slice(axis));
    part.data.forEach((v, i) => data[Math.floor(i / width) * row + start + i % width] = v);
    start += width;
  }
  return { shape, data };
}

/**
 * Records `op` on up to seven parts at a time, until one tensor remains.
 *
 * @throws {RangeError} If there are no parts, or they do not fit together.
 */
export function join(op: OpDef<ConcatAttrs>, parts: readonly Value[], { axis }: ConcatAttrs): Tensor {
  if (parts.length === 0) throw new RangeError("Cannot concatenate: no parts were given");
  op.shape(parts.map(({ spec }) => spec), { axis });
  let rest: readonly Value[] = parts;
  while (rest.length > 1) {
    const joined: Value[] = [];
    for (let i = 0; i < rest.length; i += MAX_PARTS) {
      const some = rest.slice(i, i + MAX_PARTS);
      joined.push(some.length === 1 ? some[0] : record(op, some, { axis })[0]);
    }
    rest = joined;
  }
  return asTensor(rest[0]);
}
