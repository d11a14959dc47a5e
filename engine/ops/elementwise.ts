/** Elementwise operations: one kernel template, one small rule per operation. */

import { record } from "../graph/graph.ts";
import { maskPadding } from "../wgsl/mask_padding.ts";
import type {
  BackwardContext,
  Kernel,
  LowerContext,
  NdArray,
  OpCase,
  OpDef,
  Pointwise,
} from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import {
  broadcastShapes,
  f32,
  lastDim,
  rowVec4s,
  sameShape,
  type Shape,
  sizeOf,
  type Spec,
  vec4Count,
} from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import source from "./elementwise.wgsl" with { type: "text" };

/** Definition of one elementwise operation. */
export interface ElementwiseRule {
  readonly name: string;
  readonly arity: 1 | 2 | 3 | 4;
  /** WGSL over the vec4s a, b, c, d; K is the operation's constant. */
  readonly expression: string;
  /** WGSL files with the functions that the expression calls. */
  readonly include?: readonly string[];
  /** The same for one number in float64. */
  readonly apply: (args: readonly number[], k: number) => number;
  /** Whether all-zero arguments give zero, so that padding needs no mask. */
  readonly keepsZero: boolean;
  readonly backward: OpDef<ElementwiseAttrs>["backward"];
  /** Whether inputs of the suite are positive. */
  readonly positive?: boolean;
  /** The constant used by the suite. */
  readonly constant?: number;
}

/** Settings: the constant `K` of the rule; `shape` only where there is no other source of the shape. */
export interface ElementwiseAttrs {
  readonly [key: string]: unknown;
  readonly k: number;
}

/** Makes the operation of a rule. */
export function defineElementwise(rule: ElementwiseRule): OpDef<ElementwiseAttrs> {
  return {
    name: rule.name,
    shape: (inputs) => [f32(...outputShape(inputs))],
    lower: (context) => [lowerElementwise(rule, context)],
    backward: rule.backward,
    reference: (inputs, { k }, [out]) => [referenceElementwise(rule, { inputs, shape: out.shape, k })],
    flops: () => 0,
    cases: elementwiseCases(rule),
  };
}

/** Records an elementwise operation. */
export function applyElementwise(op: OpDef<ElementwiseAttrs>, inputs: readonly Value[], k = 0): Tensor {
  return record(op, inputs, { k })[0];
}

/** A backward rule that skips inputs whose gradient is not needed; autograd undoes broadcasting. */
export function backwardEach(
  ...rules: ((context: BackwardContext<ElementwiseAttrs>, grad: Tensor) => Tensor)[]
): NonNullable<OpDef<ElementwiseAttrs>["backward"]> {
  return (context) => rules.map((rule, i) => context.needs(i) ? rule(context, context.grads[0]!) : null);
}

function outputShape(inputs: readonly Spec[]): Shape {
  return inputs.map((s) => s.shape).reduce(broadcastShapes);
}

/** WGSL index of the vec4 of an input of `shape` for vec4 `i` of an output of `out`. */
function readIndex(shape: Shape, out: Shape): string {
  const aligned = [...Array(out.length - shape.length).fill(1), ...shape];
  if (sameShape(aligned, out)) return "i";
  let lead = 0;
  while (aligned[lead] === out[lead]) lead++;
  if (aligned.slice(lead).every((n) => n === 1)) return `i / ${vec4Count(out.slice(lead))}u`;
  let ones = 0;
  while (aligned[ones] === 1) ones++;
  if (sameShape(aligned.slice(ones), out.slice(ones))) return `i % ${vec4Count(out.slice(ones))}u`;
  const terms: string[] = [];
  for (let d = 0; d < out.length; d++) {
    if (aligned[d] === 1) continue;
    const last = d === out.length - 1;
    const inner = last ? 1 : vec4Count(out.slice(d + 1)), stride = last ? 1 : vec4Count(aligned.slice(d + 1));
    terms.push(`i / ${inner}u % ${last ? rowVec4s(out) : out[d]}u * ${stride}u`);
  }
  return terms.join(" + ");
}

function lowerElementwise(
  rule: ElementwiseRule,
  { inputs, outputs, attrs }: LowerContext<ElementwiseAttrs>,
): Kernel {
  const out = outputs[0].spec.shape;
  const operands = inputs.map((operand) => ({
    operand,
    index: readIndex(operand.spec.shape, out),
    splat: lastDim(operand.spec.shape) === 1 && lastDim(out) !== 1,
  }));
  const stretched = operands.some(({ splat }) => splat);
  const padded = lastDim(out) % 4 !== 0 && (stretched || !rule.keepsZero);
  return pointwiseKernel({
    name: rule.name,
    expression: rule.expression.replaceAll("K", wgslFloat(attrs.k)),
    include: rule.include ?? [],
    operands,
    out: outputs[0],
    mask: padded ? { row: rowVec4s(out), tail: lastDim(out) % 4 } : null,
  });
}

/** A pointwise operation as a kernel of its own. */
function pointwiseKernel(pointwise: Pointwise): Kernel {
  const { name, expression, include, operands, out, mask } = pointwise;
  const count = vec4Count(out.spec.shape);
  const loads = operands.map(({ index, splat }, k) =>
    `  let ${"abcd"[k]} = in${k}(${index})${splat ? ".xxxx" : ""};`
  );
  return {
    label: name,
    source: fillTemplate(source, {
      include,
      consts: { COUNT: count, ARITY: operands.length },
      text: {
        LOADS: loads.join("\n"),
        EXPRESSION: expression,
        MASKED: mask === null ? "y" : maskPadding("y", mask),
      },
    }),
    bindings: [
      ...operands.map(({ operand }) => ({ operand, kind: "read" as const })),
      { operand: out, kind: "read_write" },
    ],
    workgroups: splitGrid(Math.ceil(count / 64)),
    leading: true,
    pointwise,
  };
}

/**
 * A number as a WGSL float32 literal.
 *
 * @throws {RangeError} If float32 cannot hold it: WGSL has no literal for infinity or NaN.
 */
export function wgslFloat(value: number): string {
  if (!Number.isFinite(Math.fround(value))) {
    throw new RangeError(`Cannot write a number into a shader: expected a finite float32, got ${value}`);
  }
  const text = String(Math.fround(value));
  return `(${/[.e]/.test(text) ? text : text + ".0"})`;
}

function referenceElementwise(
  rule: ElementwiseRule,
  { inputs, shape, k }: { inputs: readonly NdArray[]; shape: Shape; k: number },
): NdArray {
  const data = new Float64Array(sizeOf(shape));
  if (inputs.every((input) => input.data.length === data.length)) {
    const args = new Array<number>(inputs.length);
    for (let i = 0; i < data.length; i++) {
      for (let n = 0; n < args.length; n++) args[n] = inputs[n].data[i];
      data[i] = rule.apply(args, k);
    }
    return { shape, data };
  }
  const strides = inputs.map((input) => broadcastStrides(input.shape, shape));
  const at = new Array(shape.length).fill(0);
  for (let i = 0; i < data.length; i++) {
    data[i] = rule.apply(
      inputs.map((input, n) => input.data[at.reduce((s, x, d) => s + x * strides[n][d], 0)]),
      k,
    );
    for (let d = shape.length - 1; d >= 0 && ++at[d] === shape[d]; d--) at[d] = 0;
  }
  return { shape, data };
}

/** Strides of `shape` walked as if it had the shape `out`: 0 where it stretches. */
export function broadcastStrides(shape: Shape, out: Shape): number[] {
  const strides = new Array<number>(out.length).fill(0);
  let stride = 1;
  for (let d = 1; d <= shape.length; d++) {
    const n = shape[shape.length - d];
    strides[out.length - d] = n === 1 ? 0 : stride;
    stride *= n;
  }
  return strides;
}

function elementwiseCases(rule: ElementwiseRule): OpCase<ElementwiseAttrs>[] {
  const attrs = { k: rule.constant ?? 0 };
  const same = (...shape: number[]) => Array.from({ length: rule.arity }, () => f32(...shape));
  const make = (name: string, inputs: Spec[], large = false) => ({
    name,
    inputs,
    attrs,
    large,
    positive: rule.positive,
  });
  const cases = [
    make("scalar", same()),
    make("one element", same(1, 1)),
    make("empty batch", same(0, 3)),
    make("odd rows", same(3, 5, 7)),
    make("below a workgroup", same(63, 4), true),
    make("above a workgroup", same(65, 4), true),
  ];
  // The kernel is one template: one operation crossing the limit of the grid tests it for all.
  if (rule.name === "add") cases.push(make("more than 65,535 workgroups", same(65_537 * 64, 1), true));
  if (rule.arity === 2) {
    cases.push(make("second tiled", [f32(4, 3, 5), f32(5)]));
    cases.push(make("second per example", [f32(4, 3, 5), f32(4, 1, 1)]));
    cases.push(make("first per example", [f32(4, 1), f32(4, 6)]));
    cases.push(make("second scalar", [f32(2, 3), f32()]));
    cases.push(make("second stretched in the middle", [f32(2, 3, 2, 5), f32(2, 1, 1, 5)]));
    cases.push(make("second stretched at both ends", [f32(2, 3, 2, 5), f32(3, 1, 1)]));
  }
  return cases;
}
