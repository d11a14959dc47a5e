/** What the update operations of optimisers share: checks of their inputs and the one dispatch per parameter. */

import type { Kernel, Operand } from "../op.ts";
import { splitGrid } from "../pipeline_cache.ts";
import { f32, formatShape, sameShape, type Shape, type Spec, vec4Count } from "../shape.ts";

/**
 * Checks that `like` (velocity, gradient, …) have the parameter's shape and the last input, the numbers from
 * the host, has `scalars`.
 *
 * @throws {TypeError} If an input is not float32.
 * @throws {RangeError} If a shape differs.
 */
export function checkUpdate(name: string, inputs: readonly Spec[], scalars: Shape): void {
  const [param] = inputs;
  inputs.forEach((input, i) => {
    if (input.dtype !== "f32") {
      throw new TypeError(`Cannot record ${name}: input ${i} must be f32, it is ${input.dtype}`);
    }
    const expected = i === inputs.length - 1 ? scalars : param.shape;
    if (!sameShape(input.shape, expected)) {
      throw new RangeError(
        `Cannot record ${name}: input ${i} must have the shape ${formatShape(expected)}, ` +
          `it has ${formatShape(input.shape)}`,
      );
    }
  });
}

/**
 * The dispatch of an update: one invocation per vec4 of the parameter. The shaders ask the parameter's buffer
 * for its length, so that parameters of every size share one pipeline.
 */
export function updateKernel(
  label: string,
  { source, inputs, mutates }: { source: string; inputs: readonly Operand[]; mutates: readonly number[] },
): Kernel {
  return {
    label,
    source,
    bindings: inputs.map((operand, i) => ({ operand, kind: mutates.includes(i) ? "read_write" : "read" })),
    workgroups: splitGrid(Math.ceil(vec4Count(inputs[0].spec.shape) / 64)),
  };
}

/** Shapes every update is tested with; the last crosses 65,535 workgroups. */
export const UPDATE_SHAPES: readonly { name: string; spec: Spec; large?: boolean }[] = [
  { name: "scalar", spec: f32() },
  { name: "empty", spec: f32(0, 3) },
  { name: "padded rows", spec: f32(3, 5, 7) },
  { name: "below a workgroup", spec: f32(63, 4) },
  { name: "exactly a workgroup", spec: f32(64, 4) },
  { name: "above a workgroup", spec: f32(65, 4) },
  { name: "more than 65,535 workgroups", spec: f32(65_537 * 64, 1), large: true },
];
