/** Convolutions and linear layers that start as in DDPM: uniform by the mean of fan-in and fan-out, biases at 0. */

import { conv2d } from "../ops/conv2d.ts";
import { linear } from "../ops/linear.ts";
import type { Shape } from "../arrays/shape.ts";
import type { Variable } from "../graph/tensor.ts";
import type { Conv2d, Conv2dOptions } from "./conv2d.ts";
import { constantVector, uniformParameter } from "./init.ts";
import type { Linear, LinearOptions } from "./linear.ts";

/** Whether a layer starts at 0, so that the block it ends is the identity at first. Default false. */
export interface StartsAtZero {
  readonly zero?: boolean;
}

/**
 * A parameter uniform in [-b, b) with b = sqrt(3 / ((fanIn + fanOut) / 2)), or 0. Values are a function of (seed, name)
 * alone. Source: `default_init` of DDPM's code, https://github.com/hojonathanho/diffusion, which is
 * `variance_scaling(1, "fan_avg", "uniform")`; a scale of 0 there is 1e-10, here 0.
 */
export function fanAverageParameter(
  name: string,
  { shape, fanIn, fanOut, seed, zero = false }:
    & { shape: Shape; fanIn: number; fanOut: number; seed: number }
    & StartsAtZero,
): Variable {
  const drawn = uniformParameter(name, { shape, fanIn: (fanIn + fanOut) / 6, seed });
  if (zero) drawn.initial.fill(0);
  return drawn;
}

/** A convolution with bias, `<name>.weight` and `<name>.bias`. @throws {RangeError} If there are no inputs. */
export function createFanAverageConv2d(
  name: string,
  { inputs, outputs, kernel, stride = 1, padding = 0, seed, zero }:
    & Omit<Conv2dOptions, "bias">
    & StartsAtZero,
): Conv2d {
  const weight = fanAverageParameter(`${name}.weight`, {
    shape: [outputs, kernel, kernel, inputs],
    fanIn: kernel * kernel * inputs,
    fanOut: kernel * kernel * outputs,
    seed,
    zero,
  });
  const bias = constantVector(`${name}.bias`, { size: outputs, value: 0 });
  return {
    weight,
    parameters: [weight, bias],
    buffers: [],
    apply: (x) => conv2d(x, weight, { bias, stride, padding }),
  };
}

/** A linear layer with bias, `<name>.weight` and `<name>.bias`. @throws {RangeError} If there are no inputs. */
export function createFanAverageLinear(
  name: string,
  { inputs, outputs, seed, zero }: Omit<LinearOptions, "bias"> & StartsAtZero,
): Linear {
  const weight = fanAverageParameter(`${name}.weight`, {
    shape: [outputs, inputs],
    fanIn: inputs,
    fanOut: outputs,
    seed,
    zero,
  });
  const bias = constantVector(`${name}.bias`, { size: outputs, value: 0 });
  return { weight, parameters: [weight, bias], buffers: [], apply: (x) => linear(x, weight, bias) };
}
