/** Losses over a few logits of each example: their common operation. */

import { record } from "../../engine/graph/graph.ts";
import type { Kernel, NdArray, OpCase, OpDef, Operand } from "../../engine/graph/op.ts";
import { logitsKernel } from "../../engine/ops/logits_kernel.ts";
import { f32, formatShape, type Spec, u32 } from "../../engine/arrays/shape.ts";
import magnitudeSource from "../../engine/wgsl/magnitude.wgsl" with { type: "text" };
import source from "./_selected_logits.wgsl" with { type: "text" };

/** Bounds a denominator from below by 1e-12, as the official code does; else a denominator of 0 counts as 1. */
interface SelectedAttrs {
  readonly [key: string]: unknown;
  readonly floored: boolean;
}

/** A class and the factor of its logit. */
export type Term = readonly [number, number];

/** A loss: a difference of two logits, optionally divided by a spread of the largest ones. */
export interface SelectedLoss {
  readonly name: string;
  /** Class inputs of each example: the label, or the label and a target. */
  readonly indices: 1 | 2;
  /** Minimum number of classes. */
  readonly minClasses: number;
  /** Whether the difference counts with a minus sign. */
  readonly negated: boolean;
  /** Which denominator; see the kernel. */
  readonly denominator: 0 | 1 | 2;
  /**
   * Float64 reference: the terms of numerator and denominator (null: 1).
   *
   * @param classes As many as `indices`.
   * @param order All classes, the largest logit first, the lowest class first among equals.
   */
  terms(
    classes: readonly number[],
    order: readonly number[],
  ): { numerator: readonly Term[]; denominator: readonly Term[] | null };
}

/** The official losses add this to a denominator. */
const DENOMINATOR_FLOOR = 1e-12;

/** The operation of a loss, [B, 1] from logits [B, C] and classes u32 [B], and that of its gradient, [B, C]. */
export function defineSelectedLoss(
  loss: SelectedLoss,
): { op: OpDef<SelectedAttrs>; gradOp: OpDef<SelectedAttrs> } {
  const gradOp: OpDef<SelectedAttrs> = {
    name: `${loss.name}_grad`,
    shape: ([logits]) => [f32(...logits.shape)],
    lower: (
      { inputs, outputs, attrs },
    ) => [kernel(loss, { inputs, output: outputs[0], grad: true, ...attrs })],
    backward: null,
    reference: (inputs, attrs) => {
      const [b, c] = inputs[0].shape;
      const data = new Float64Array(b * c), dloss = inputs[1 + loss.indices].data;
      for (let i = 0; i < b; i++) {
        const { numerator, denominator, top, bottom } = evaluate(loss, inputs, { example: i, ...attrs });
        for (const [at, factor] of numerator) data[i * c + at] += dloss[i] * factor / bottom;
        for (const [at, factor] of denominator ?? []) {
          data[i * c + at] -= dloss[i] * factor * top / bottom ** 2;
        }
      }
      return [{ shape: [b, c], data }];
    },
    flops: () => 0,
    cases: cases(loss).map((c) => ({ ...c, inputs: [...c.inputs, f32(c.inputs[0].shape[0], 1)] })),
  };
  const op: OpDef<SelectedAttrs> = {
    name: loss.name,
    shape: (inputs) => {
      checkInputs(loss, inputs);
      return [f32(inputs[0].shape[0], 1)];
    },
    lower: (
      { inputs, outputs, attrs },
    ) => [kernel(loss, { inputs, output: outputs[0], grad: false, ...attrs })],
    backward: ({ inputs, attrs, grads: [g] }) => [
      record(gradOp, [...inputs, g!], attrs)[0],
      ...inputs.slice(1).map(() => null),
    ],
    reference: (inputs, attrs) => {
      const [b] = inputs[0].shape;
      const data = Float64Array.from({ length: b }, (_, i) => {
        const { top, bottom } = evaluate(loss, inputs, { example: i, ...attrs });
        return top / bottom;
      });
      return [{ shape: [b, 1], data }];
    },
    flops: () => 0,
    cases: cases(loss),
  };
  return { op, gradOp };
}

/** @throws {RangeError} If the inputs are not logits [B, C] with enough classes and classes u32 [B]. */
function checkInputs(
  { name, indices, minClasses }: SelectedLoss,
  [logits, ...classes]: readonly Spec[],
): void {
  const fits = logits.shape.length === 2 &&
    classes.every(({ shape, dtype }) =>
      shape.length === 1 && shape[0] === logits.shape[0] && dtype === "u32"
    );
  if (!fits) {
    const given = [logits, ...classes].map(({ shape, dtype }) => `${dtype} ${formatShape(shape)}`).join(", ");
    const expected = ["f32 [B, C]", ...Array(indices).fill("u32 [B]")].join(", ");
    throw new RangeError(`Cannot compute ${name}: expected ${expected}, got ${given}`);
  }
  if (logits.shape[1] < minClasses) {
    throw new RangeError(
      `Cannot compute ${name}: it needs at least ${minClasses} classes, got ${logits.shape[1]}`,
    );
  }
}

function kernel(
  { name, indices, negated, denominator }: SelectedLoss,
  { inputs, output, grad, floored }: SelectedAttrs & {
    inputs: readonly Operand[];
    output: Operand;
    grad: boolean;
  },
): Kernel {
  return logitsKernel({
    label: grad ? `${name}_grad` : name,
    source,
    include: [magnitudeSource],
    consts: {
      GRAD: grad ? 1 : 0,
      INDICES: indices,
      RANKED: indices === 1 || denominator > 0 ? 1 : 0,
      NEGATED: negated ? 1 : 0,
      DENOMINATOR: denominator,
      FLOORED: floored ? 1 : 0,
    },
    inputs,
    output,
  });
}

/** Numerator and denominator of one example, as terms and as numbers. */
function evaluate(
  loss: SelectedLoss,
  [logits, ...classes]: readonly NdArray[],
  { example, floored }: { example: number; floored: boolean },
) {
  const c = logits.shape[1];
  const z = logits.data.subarray(example * c, (example + 1) * c);
  const order = Array.from(z.keys()).sort((i, j) => z[j] - z[i] || i - j);
  const { numerator, denominator } = loss.terms(
    classes.slice(0, loss.indices).map(({ data }) => data[example]),
    order,
  );
  const sum = (terms: readonly Term[]) => terms.reduce((total, [at, factor]) => total + factor * z[at], 0);
  const spread = denominator === null ? 1 : sum(denominator);
  const bottom = floored ? spread + DENOMINATOR_FLOOR : spread || 1;
  return { numerator, denominator, top: sum(numerator), bottom };
}

function cases({ indices, minClasses, denominator }: SelectedLoss): OpCase<SelectedAttrs>[] {
  const sizes = [
    { name: "one example, fewest classes", b: 1, c: minClasses },
    { name: "one class more", b: 3, c: minClasses + 1 },
    { name: "ten classes", b: 5, c: 10 },
    { name: "a hundred classes", b: 7, c: 100 },
    { name: "above a workgroup", b: 65, c: 13 },
    { name: "several workgroups", b: 150, c: 8 },
    { name: "empty batch", b: 0, c: 10 },
  ];
  return sizes.flatMap((size) => [size, ...denominator > 0 ? [{ ...size, floored: true }] : []]).map((
    { name, b, c, floored = false }: typeof sizes[number] & { floored?: boolean },
  ) => ({
    name: floored ? `${name}, floored` : name,
    attrs: { floored },
    below: c,
    inputs: [f32(b, c), ...Array.from({ length: indices }, () => u32(b))],
  }));
}
