/** One example's loss and gradient, for the tests of this folder. */

import { gradients } from "../../engine/autograd/autograd.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { Program } from "../../engine/program/program.ts";
import { f32, u32 } from "../../engine/arrays/shape.ts";
import { type Tensor, Variable } from "../../engine/graph/tensor.ts";
import { release } from "../../engine/graph/variables.ts";

/** A loss over logits [1, C] and as many classes as are given. */
export type TestedLoss = (logits: Variable, ...classes: Variable[]) => Tensor;

/** Loss, and its gradient with respect to the logits. */
export async function evaluateOne(
  gpu: Gpu,
  loss: TestedLoss,
  { logits, classes }: { logits: readonly number[]; classes: readonly number[] },
): Promise<{ value: number; gradient: number[] }> {
  const z = new Variable("logits", f32(1, logits.length), Float32Array.from(logits));
  const given = classes.map((c, i) => new Variable(`classes ${i}`, u32(1), Uint32Array.of(c)));
  const program = await Program.compile(gpu, "one loss", () => {
    const value = loss(z, ...given);
    return { value, gradient: gradients(value, [z])[0] };
  });
  program.run();
  const [value, gradient] = await Promise.all([program.read("value"), program.read("gradient")]);
  program.dispose();
  release(gpu, [z, ...given]);
  return { value: value[0], gradient: Array.from(gradient) };
}
