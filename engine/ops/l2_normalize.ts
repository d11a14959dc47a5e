/** L2 normalisation of vectors. */

import { record } from "../graph/graph.ts";
import type { Kernel, LowerContext, OpCase, OpDef } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, lastDim, rowCount, rowVec4s, sizeOf } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import { wgslFloat } from "./elementwise.ts";
import source from "./l2_normalize.wgsl" with { type: "text" };

type NoAttrs = Record<string, never>;

/** Minimum divisor, as in `torch.nn.functional.normalize`. */
const EPS = 1e-12;

/** y [..., C]. Input: x [..., C]. */
export const l2NormalizeOp: OpDef<NoAttrs> = {
  name: "l2_normalize",
  shape: ([x]) => [f32(...x.shape)],
  lower: (context) => [kernel(context, { grad: false })],
  backward: ({ inputs: [x], grads: [g] }) => [record(l2NormalizeGradOp, [x, g!], {})[0]],
  reference: ([x]) => {
    const c = lastDim(x.shape);
    const data = x.data.map((v, i) => v / Math.max(lengthAt(x.data, { i, c }), EPS));
    return [{ shape: x.shape, data }];
  },
  flops: ([x]) => 3 * sizeOf(x.shape),
  cases: normalizeCases(1),
};

/** dx [..., C]. Inputs: x, dy [..., C]. */
export const l2NormalizeGradOp: OpDef<NoAttrs> = {
  name: "l2_normalize_grad",
  shape: ([x]) => [f32(...x.shape)],
  lower: (context) => [kernel(context, { grad: true })],
  backward: null,
  reference: ([x, dy]) => {
    const c = lastDim(x.shape);
    const data = x.data.map((v, i) => {
      const length = lengthAt(x.data, { i, c });
      if (length <= EPS) return dy.data[i] / EPS;
      const from = i - i % c;
      let product = 0;
      for (let k = from; k < from + c; k++) product += x.data[k] * dy.data[k];
      return (dy.data[i] - v * product / length ** 2) / length;
    });
    return [{ shape: x.shape, data }];
  },
  flops: ([x]) => 7 * sizeOf(x.shape),
  cases: normalizeCases(2),
};

/**
 * Divides each vector by its Euclidean length, or by 1e-12 where it is shorter:
 * y = x / max(sqrt(sum over the last dimension of x^2), 1e-12), as `torch.nn.functional.normalize` does.
 *
 * @param x [..., C].
 * @returns [..., C].
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { trace } from "../graph/graph.ts";
 * import { evaluateReference } from "../graph/reference.ts";
 * import { f32 } from "../arrays/shape.ts";
 * import { Variable } from "../graph/tensor.ts";
 * import { l2Normalize } from "./l2_normalize.ts";
 *
 * const x = new Variable("x", f32(2, 2), Float32Array.of(3, 4, 0, 0));
 * const { graph, result } = trace(() => l2Normalize(x));
 * assertEquals([...evaluateReference(graph, [result])[0].data], [0.6, 0.8, 0, 0]);
 * ```
 */
export function l2Normalize(x: Value): Tensor {
  return record(l2NormalizeOp, [x], {})[0];
}

function kernel(
  { inputs, outputs: [out] }: LowerContext<NoAttrs>,
  { grad }: { grad: boolean },
): Kernel {
  const { shape } = out.spec, R = rowCount(shape);
  return {
    label: grad ? "l2_normalize_grad" : "l2_normalize",
    source: fillTemplate(source, {
      consts: { R, C4: rowVec4s(shape), GRAD: grad ? 1 : 0 },
      text: { EPS: wgslFloat(EPS) },
    }),
    bindings: [
      ...inputs.map((operand) => ({ operand, kind: "read" as const })),
      { operand: out, kind: "read_write" },
    ],
    workgroups: splitGrid(Math.ceil(R / 64)),
    leading: true,
  };
}

/** Length of the vector that element `i` belongs to. */
function lengthAt(data: Float64Array, { i, c }: { i: number; c: number }): number {
  let squares = 0;
  for (let k = i - i % c; k < i - i % c + c; k++) squares += data[k] ** 2;
  return Math.sqrt(squares);
}

function normalizeCases(inputs: number): OpCase<NoAttrs>[] {
  const shapes: [string, number[]][] = [
    ["one element", [1, 1]],
    ["two elements", [1, 2]],
    ["odd, three dimensions", [3, 2, 5]],
    ["whole vec4s", [4, 8]],
    ["above a workgroup", [67, 6]],
    ["empty batch", [0, 5]],
  ];
  return shapes.map(([name, shape]) => ({
    name,
    inputs: Array.from({ length: inputs }, () => f32(...shape)),
    attrs: {},
  }));
}
