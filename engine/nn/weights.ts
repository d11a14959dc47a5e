/** Converts weights between the engine and PyTorch's names, layouts and element types. */

import type { Gpu } from "../device/device.ts";
import { ohwiToOihw, oihwToOhwi } from "../arrays/layout.ts";
import { someNames } from "../../common/printable.ts";
import type { HostTensor, TensorInfo } from "../files/safetensors.ts";
import { formatShape, type Shape } from "../arrays/shape.ts";
import type { HostData, Variable } from "../graph/tensor.ts";
import { read, write } from "../graph/variables.ts";
import type { Stateful } from "./model.ts";

/**
 * Copies parameters and buffers from the device, as a PyTorch state dict holds them: convolution weights (rank 4)
 * become OIHW, counters (u32) become I64, everything else is F32 as it is.
 *
 * @throws {GpuError} If the device reported an error.
 */
export async function exportWeights(gpu: Gpu, model: Stateful): Promise<Map<string, HostTensor>> {
  const variables = allVariables(model);
  const values = await Promise.all(variables.map((variable) => read(gpu, variable)));
  return new Map(variables.map((variable, i) => [variable.name, toPyTorch(variable, values[i])]));
}

/**
 * Sets parameters and buffers from a PyTorch state dict, such as the tensors of a safetensors file. Either all are
 * set or, on an error, none.
 *
 * @throws {RangeError} If the tensors are not those of the model, see {@linkcode checkWeights}.
 */
export function loadWeights(gpu: Gpu, model: Stateful, tensors: ReadonlyMap<string, HostTensor>): void {
  checkWeights(model, tensors);
  for (const variable of allVariables(model)) {
    write(gpu, variable, fromPyTorch(variable, tensors.get(variable.name)!));
  }
}

/**
 * Checks what {@linkcode loadWeights} checks, without a device.
 *
 * @throws {RangeError} If tensors are missing or not known to the model, or have another shape or element type, or
 * hold numbers that are not finite or a negative variance; the message lists them, a few of each.
 */
export function checkWeights(model: Stateful, tensors: ReadonlyMap<string, HostTensor>): void {
  refuse(
    allVariables(model),
    tensors,
    (variable, tensor) => problemOf(variable, tensor) ?? problemOfValues(variable, tensor),
  );
}

/**
 * Checks names, types and shapes only, before values are read. Counters may be missing, see {@linkcode plainOutline}.
 *
 * @throws {RangeError} As {@linkcode checkWeights} does.
 */
export function checkOutline(model: Stateful, tensors: ReadonlyMap<string, TensorInfo>): void {
  refuse(allVariables(model).filter(({ spec }) => spec.dtype !== "u32"), tensors, problemOf);
}

/** Throws if tensors are missing, unexpected, or invalid. */
function refuse<T extends TensorInfo>(
  variables: readonly Variable[],
  tensors: ReadonlyMap<string, T>,
  problemOf: (variable: Variable, tensor: T) => string | null,
): void {
  const known = new Set(variables.map(({ name }) => name));
  const missing = variables.map(({ name }) => name).filter((name) => !tensors.has(name));
  const unexpected = [...tensors.keys()].filter((name) => !known.has(name));
  const wrong = variables.flatMap((variable) => {
    const tensor = tensors.get(variable.name);
    return tensor === undefined ? [] : problemOf(variable, tensor) ?? [];
  });
  const problems = [["missing", missing], ["unexpected", unexpected], ["wrong", wrong]] as const;
  const found = problems.flatMap(([what, list]) => list.length > 0 ? [`${what}: ${someNames(list)}`] : []);
  if (found.length === 0) return;
  throw new RangeError(
    `Cannot load weights: the tensors are not those of this network, ${found.join("; ")}`,
  );
}

function allVariables({ parameters, buffers }: Stateful): Variable[] {
  return [...parameters, ...buffers];
}

/** OHWI as OIHW. */
function pytorchShape(shape: Shape): Shape {
  return shape.length === 4 ? [shape[0], shape[3], shape[1], shape[2]] : shape;
}

function toPyTorch({ spec, shape }: Variable, values: HostData): HostTensor {
  if (spec.dtype === "u32") {
    return { dtype: "I64", shape, data: BigInt64Array.from(values, BigInt) };
  }
  const data = shape.length === 4 ? ohwiToOihw(values as Float32Array, shape) : Float32Array.from(values);
  return { dtype: "F32", shape: pytorchShape(shape), data };
}

function fromPyTorch({ spec, shape }: Variable, { data }: HostTensor): HostData {
  if (spec.dtype === "u32") return Uint32Array.from(data as BigInt64Array, Number);
  return shape.length === 4 ? oihwToOhwi(data as Float32Array, pytorchShape(shape)) : data as Float32Array;
}

/** The problem with a tensor's type or shape, or null. */
function problemOf({ name, spec }: Variable, tensor: TensorInfo): string | null {
  const dtype = spec.dtype === "u32" ? "I64" : "F32", shape = pytorchShape(spec.shape);
  if (tensor.dtype === dtype && tensor.shape.join() === shape.join()) return null;
  return `${name} must be ${dtype} ${formatShape(shape)} and is ${tensor.dtype} ${formatShape(tensor.shape)}`;
}

/** The problem with a tensor's values, or null. */
function problemOfValues({ name }: Variable, tensor: HostTensor): string | null {
  if (tensor.dtype === "F32") {
    const at = tensor.data.findIndex((v) => !Number.isFinite(v));
    if (at !== -1) return `${name} must be finite and holds ${tensor.data[at]} at ${at}`;
    const negative = name.endsWith(".running_var")
      ? (tensor.data as Float32Array).findIndex((v) => v < 0)
      : -1;
    return negative === -1
      ? null
      : `${name} must not be negative and holds ${tensor.data[negative]} at ${negative}`;
  }
  const counter = (tensor.data as BigInt64Array)[0];
  return counter >= 0n && counter < 2n ** 32n ? null : `${name} must lie in [0, 2^32) and is ${counter}`;
}
