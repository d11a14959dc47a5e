/** Scaling of many tensors in a few dispatches. */

import { record } from "../graph/graph.ts";
import type { Kernel, OpCase, OpDef, Operand } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, formatShape, type Shape, sizeOf, vec4Count } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import { groupUpTo, itemsPerKernel, MAX_VEC4S } from "./optim_groups.ts";
import source from "./optim_scale.wgsl" with { type: "text" };

type NoAttrs = Record<string, never>;

/** Outputs: factor * x of each tensor. Inputs: the tensors, of any shapes, and factor []. */
export const scaleAllOp: OpDef<NoAttrs> = {
  name: "optim_scale",
  shape: (inputs) => {
    inputs.forEach(({ dtype }, i) => {
      if (dtype !== "f32") {
        throw new TypeError(`Cannot scale tensors: input ${i} must be f32, it is ${dtype}`);
      }
    });
    const { shape } = inputs[inputs.length - 1];
    if (shape.length > 0) {
      throw new RangeError(
        `Cannot scale tensors: the factor must be a scalar, its shape is ${formatShape(shape)}`,
      );
    }
    return inputs.slice(0, -1).map((input) => f32(...input.shape));
  },
  lower: ({ inputs, outputs, target }) => {
    const pairs = outputs.map((out, k) => ({ x: inputs[k], out }));
    const groups = groupUpTo(pairs, {
      max: itemsPerKernel(target.storageBuffers, { each: 2 }),
      maxSize: MAX_VEC4S,
      sizeOf: ({ out }) => vec4Count(out.spec.shape),
    });
    return groups.map((group) => scaleKernel(group, inputs[inputs.length - 1]));
  },
  backward: null,
  reference: (inputs) => {
    const [factor] = inputs[inputs.length - 1].data;
    return inputs.slice(0, -1).map(({ shape, data }) => ({ shape, data: data.map((x) => x * factor) }));
  },
  flops: (inputs) => inputs.slice(0, -1).reduce((sum, { shape }) => sum + sizeOf(shape), 0),
  cases: scaleCases(),
};

function scaleKernel(group: readonly { x: Operand; out: Operand }[], factor: Operand): Kernel {
  const sizes = group.map(({ out }) => vec4Count(out.spec.shape));
  return {
    label: "optim_scale",
    source: fillTemplate(source, {
      consts: { COUNT: group.length, ...Object.fromEntries(sizes.map((n, k) => [`N${k}`, n])) },
    }),
    bindings: [
      ...group.flatMap(({ x, out }) => [
        { operand: x, kind: "read" } as const,
        { operand: out, kind: "read_write" } as const,
      ]),
      { operand: factor, kind: "read" },
    ],
    workgroups: splitGrid(Math.ceil(sizes.reduce((sum, n) => sum + n, 0) / 64)),
  };
}

function scaleCases(): OpCase<NoAttrs>[] {
  const make = (name: string, shapes: readonly Shape[], large = false) => ({
    name,
    inputs: [...shapes.map((shape) => f32(...shape)), f32()],
    attrs: {},
    large,
  });
  return [
    make("one scalar", [[]]),
    make("odd sizes, one empty", [[3, 5], [0, 3], [1], [2, 7]]),
    make("around a workgroup", [[63, 4], [64, 4], [65, 4]]),
    make("more tensors than a kernel binds", Array(5).fill([[3, 5], [7], [], [2, 1, 9], [65]]).flat()),
    make("a group's bound in size", [[5], [MAX_VEC4S - 2, 3], [9], [2]], true),
  ];
}

/**
 * Each tensor times one number; records nothing for an empty list.
 *
 * @param factor [].
 * @throws {RangeError} If the factor is not a scalar.
 */
export function scaleAll(tensors: readonly Value[], factor: Value): readonly Tensor[] {
  return tensors.length === 0 ? [] : record(scaleAllOp, [...tensors, factor], {});
}
