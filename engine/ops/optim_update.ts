/** Shared parts of the optimisers' update operations: checks of inputs, and dispatches for groups of parameters. */

import type { Kernel, LowerContext, Operand } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, formatShape, sameShape, type Shape, type Spec, vec4Count } from "../arrays/shape.ts";
import { groupUpTo, itemsPerKernel, MAX_VEC4S } from "./optim_groups.ts";

/**
 * Inputs of an update: `each` tensors of one shape for every parameter (itself, its state, its gradient), and after
 * those of the last parameter one with the numbers from the host, of the shape `scalars`.
 */
export interface UpdateRule {
  readonly name: string;
  readonly each: number;
  /** Number of a parameter's tensors, from the first, that are changed in place. */
  readonly changed: number;
  readonly scalars: Shape;
}

/**
 * Checks that a parameter's tensors (velocity, gradient, …) have its shape and the last input the host's.
 *
 * @throws {TypeError} If an input is not float32.
 * @throws {RangeError} If a shape differs, or there is no parameter.
 */
export function checkUpdate({ name, each, scalars }: UpdateRule, inputs: readonly Spec[]): void {
  if (inputs.length <= each || inputs.length % each !== 1 % each) {
    throw new RangeError(
      `Cannot record ${name}: it takes ${each} inputs for each parameter and one more, got ${inputs.length}`,
    );
  }
  inputs.forEach((input, i) => {
    if (input.dtype !== "f32") {
      throw new TypeError(`Cannot record ${name}: input ${i} must be f32, it is ${input.dtype}`);
    }
    const expected = i === inputs.length - 1 ? scalars : inputs[i - i % each].shape;
    if (!sameShape(input.shape, expected)) {
      throw new RangeError(
        `Cannot record ${name}: input ${i} must have the shape ${formatShape(expected)}, ` +
          `it has ${formatShape(input.shape)}`,
      );
    }
  });
}

/** The `mutates` of an update operation. */
export function updateMutates({ each, changed }: UpdateRule): (inputs: number) => number[] {
  return (inputs) => Array.from({ length: inputs - 1 }, (_, i) => i).filter((i) => i % each < changed);
}

/** The tensors of each parameter, without the numbers from the host. */
export function updateMembers<T>({ each }: UpdateRule, inputs: readonly T[]): T[][] {
  return Array.from(
    { length: (inputs.length - 1) / each },
    (_, k) => inputs.slice(each * k, each * (k + 1)),
  );
}

/**
 * The dispatches of an update, each for as many parameters as a kernel can bind: one invocation per vec4. The shaders
 * ask the parameters' buffers for their lengths, so that groups of parameters of any sizes share one pipeline.
 *
 * @param source The shader for a number of parameters; the tensors of the first are its first bindings, and so on.
 */
export function updateKernels(
  rule: UpdateRule,
  { inputs, target }: Pick<LowerContext<unknown>, "inputs" | "target">,
  source: (parameters: number) => string,
): Kernel[] {
  const groups = groupUpTo(updateMembers(rule, inputs), {
    max: itemsPerKernel(target.storageBuffers, rule),
    maxSize: MAX_VEC4S,
    sizeOf: lengthOf,
  });
  return groups.map((group) => ({
    label: rule.name,
    source: source(group.length),
    bindings: [
      ...group.flatMap((members) =>
        members.map((operand, i) => ({ operand, kind: i < rule.changed ? "read_write" : "read" } as const))
      ),
      { operand: inputs[inputs.length - 1], kind: "read" },
    ],
    workgroups: splitGrid(Math.ceil(group.reduce((sum, members) => sum + lengthOf(members), 0) / 64)),
  }));
}

/** vec4s in a parameter's buffer, which is never empty. */
function lengthOf([param]: readonly Operand[]): number {
  return Math.max(1, vec4Count(param.spec.shape));
}

/** A case of an update's suite: the shapes of its parameters. */
interface UpdateCase {
  readonly name: string;
  readonly shapes: readonly Shape[];
  readonly large?: boolean;
}

const SHAPES: readonly Shape[] = [[3, 5, 7], [1], [], [0, 3], [63, 4], [9], [65, 4], [2, 1], [64, 4], [5]];

/** Parameters every update is tested with; the last ones cross 65,535 workgroups. */
const CASES: readonly UpdateCase[] = [
  { name: "scalar", shapes: [[]] },
  { name: "empty", shapes: [[0, 3]] },
  { name: "padded rows", shapes: [[3, 5, 7]] },
  { name: "below a workgroup", shapes: [[63, 4]] },
  { name: "exactly a workgroup", shapes: [[64, 4]] },
  { name: "above a workgroup", shapes: [[65, 4]] },
  { name: "two parameters", shapes: [[3, 5], [7]] },
  { name: "more parameters than a kernel binds", shapes: Array(4).fill(SHAPES).flat() },
  { name: "a group's bound in size", shapes: [[5], [MAX_VEC4S - 2, 3], [9], [2]], large: true },
  { name: "more than 65,535 workgroups", shapes: [[3], [65_537 * 64, 1]], large: true },
];

/** The suite's cases of an update: names, and inputs for the shapes of all parameters. */
export function updateCases(rule: UpdateRule): { name: string; inputs: Spec[]; large?: boolean }[] {
  return CASES.map(({ name, shapes, large }) => ({ name, inputs: updateInputs(rule, shapes), large }));
}

/** Specs of the inputs of an update of parameters of some shapes. */
export function updateInputs({ each, scalars }: UpdateRule, shapes: readonly Shape[]): Spec[] {
  return [
    ...shapes.flatMap((shape) => Array.from({ length: each }, () => f32(...shape))),
    f32(...scalars),
  ];
}
