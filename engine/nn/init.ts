/** Initialisation of parameters. */

import { stream } from "../../common/random.ts";
import { f32, type Shape, sizeOf } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";

/**
 * PyTorch's default for the weights and biases of convolutions and linear layers: uniform in [-b, b) with
 * b = 1 / sqrt(fanIn), which is `kaiming_uniform_(a = sqrt(5))` for weights. Values are a function of (seed, name)
 * alone, whatever else is drawn and in whatever order; they are not PyTorch's values.
 * Source: `torch.nn.Linear.reset_parameters`, `torch.nn.modules.conv._ConvNd.reset_parameters`.
 *
 * @param name Name of the parameter; keys its random stream, `init/<name>`.
 * @param fanIn Inputs that one output sums over.
 * @throws {RangeError} If `fanIn` is not positive.
 */
export function uniformParameter(
  name: string,
  { shape, fanIn, seed }: { shape: Shape; fanIn: number; seed: number },
): Variable {
  if (!(fanIn > 0)) {
    throw new RangeError(`Cannot initialise "${name}": the layer has no inputs, fan-in is ${fanIn}`);
  }
  const bound = 1 / Math.sqrt(fanIn);
  const values = stream(seed, `init/${name}`).fillUniform(0, new Float32Array(sizeOf(shape)));
  for (let i = 0; i < values.length; i++) values[i] = (2 * values[i] - 1) * bound;
  return new Variable(name, f32(...shape), values);
}

/**
 * A parameter drawn from the normal distribution with mean 0. Values are a function of (seed, name) alone.
 *
 * @param name Name of the parameter; keys its random stream, `init/<name>`.
 * @param std Standard deviation.
 */
export function normalParameter(
  name: string,
  { shape, std, seed }: { shape: Shape; std: number; seed: number },
): Variable {
  const values = stream(seed, `init/${name}`).fillNormal(0, new Float32Array(sizeOf(shape)));
  for (let i = 0; i < values.length; i++) values[i] *= std;
  return new Variable(name, f32(...shape), values);
}

/** A vector whose elements are all `value`. */
export function constantVector(name: string, { size, value }: { size: number; value: number }): Variable {
  return new Variable(name, f32(size), new Float32Array(size).fill(value));
}
