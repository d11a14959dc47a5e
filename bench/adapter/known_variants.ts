/** Operations that can be computed in several ways, and the names of these ways. */
import type { Attrs, OpDef } from "../../engine/graph/op.ts";
import { conv2dOp, convGradInputOp, convGradWeightsOp } from "../../engine/ops/conv2d.ts";
import { linearOp } from "../../engine/ops/linear.ts";
import { matmulOp } from "../../engine/ops/matmul.ts";
import { f32, type Spec } from "../../engine/arrays/shape.ts";

/** An operation, with enough sizes, besides its test cases, to meet all its variants. */
interface VariantOp {
  readonly name: string;
  readonly op: OpDef;
  readonly sizes: () => { readonly inputs: readonly Spec[]; readonly attrs: Attrs }[];
}

/** All operations with choices. A new one needs a line here. */
export const VARIANT_OPS: readonly VariantOp[] = [
  variantOp(
    conv2dOp as unknown as OpDef,
    () => convolutions().map(({ x, w, attrs }) => ({ inputs: [x, w], attrs })),
  ),
  variantOp(
    convGradInputOp as unknown as OpDef,
    () =>
      convolutions().map(({ x, w, y, attrs }) => ({ inputs: [y, w], attrs: { ...attrs, shape: x.shape } })),
  ),
  variantOp(
    convGradWeightsOp as unknown as OpDef,
    () =>
      convolutions().map(({ x, w, y, attrs }) => ({ inputs: [x, y], attrs: { ...attrs, shape: w.shape } })),
  ),
  variantOp(matmulOp as unknown as OpDef, () => {
    const forms = [[false, false], [false, true], [true, false], [true, true]];
    return products().flatMap(([m, k, n]) =>
      forms.map(([transposeA, transposeB]) => ({
        inputs: [f32(...(transposeA ? [k, m] : [m, k])), f32(...(transposeB ? [n, k] : [k, n]))],
        attrs: { transposeA, transposeB },
      }))
    );
  }),
  variantOp(
    linearOp as unknown as OpDef,
    () => products().map(([m, k, n]) => ({ inputs: [f32(m, k), f32(n, k), f32(n)], attrs: {} })),
  ),
];

function variantOp(op: OpDef, sizes: VariantOp["sizes"]): VariantOp {
  return { name: op.name, op, sizes };
}

/** Names of the ways to compute an operation, over all sizes and devices; which a shape offers differs. */
export function variantNames(name: string): string[] {
  const found = VARIANT_OPS.find((one) => one.name === name);
  if (found === undefined) return [];
  const { op, sizes } = found;
  const names = new Set<string>();
  for (const { inputs, attrs } of [...op.cases, ...sizes()]) {
    const outputs = op.shape(inputs, attrs);
    for (const software of [false, true]) {
      const target = { software, storageBuffers: 8 };
      for (const choice of op.variants?.({ inputs, outputs, attrs, target }) ?? []) names.add(choice);
    }
  }
  return [...names].sort();
}

/** Convolutions of images of 1 to 64 pixels with windows, strides and channels as networks have them. */
function convolutions() {
  return [1, 2, 4, 8, 16, 32, 64].flatMap((size) =>
    [[1, 1], [1, 2], [3, 1], [3, 2], [7, 1], [7, 2], [4, 4]].flatMap(([window, stride]) =>
      [[3, 16], [16, 3], [8, 8], [16, 16], [64, 64]].map(([inputs, outputs]) => {
        const out = Math.floor((size + 2 * (window >> 1) - window) / stride) + 1;
        return {
          x: f32(1, size, size, inputs),
          w: f32(outputs, window, window, inputs),
          y: f32(1, out, out, outputs),
          attrs: { stride, padding: window >> 1 },
        };
      })
    )
  );
}

/** Products of matrices [m, k] and [k, n], from narrow to large. */
function products(): [m: number, k: number, n: number][] {
  const sides = [16, 64, 128, 256, 1024];
  return sides.flatMap((m) =>
    sides.flatMap((n) => [64, 1024].map((k) => [m, k, n] as [number, number, number]))
  );
}
