/** The device copies of variables: made on first use, written from and read back to the host. */

import type { Gpu } from "../device/device.ts";
import { byteSize, formatShape, padRows, sizeOf, unpadRows } from "../arrays/shape.ts";
import type { HostData, Variable } from "./tensor.ts";

const homes = new WeakMap<Gpu, Map<Variable, GPUBuffer>>();

/** The device buffer of a variable, created with its initial values when first asked for. */
export function bufferOf(gpu: Gpu, variable: Variable): GPUBuffer {
  let buffers = homes.get(gpu);
  if (buffers === undefined) homes.set(gpu, buffers = new Map());
  let buffer = buffers.get(variable);
  if (buffer === undefined) {
    buffer = gpu.buffers.create(variable.name, byteSize(variable.spec));
    buffers.set(variable, buffer);
    upload(gpu, buffer, { variable, data: variable.initial });
  }
  return buffer;
}

/**
 * Sets a variable on the device; ordered with the runs submitted before and after.
 *
 * @param data Row-major, without padding; float32 or unsigned integers as the variable is.
 * @throws {RangeError} If the number of values does not fit the variable's shape.
 * @throws {TypeError} If the values are of the other type.
 */
export function write(gpu: Gpu, variable: Variable, data: HostData): void {
  const { dtype } = variable.spec;
  if (dtype === "f32" !== data instanceof Float32Array) {
    throw new TypeError(
      `Cannot write variable "${variable.name}": it is ${dtype}, got ${data.constructor.name}`,
    );
  }
  if (data.length !== sizeOf(variable.shape)) {
    throw new RangeError(
      `Cannot write variable "${variable.name}": ${data.length} values given for shape ${
        formatShape(variable.shape)
      }`,
    );
  }
  upload(gpu, bufferOf(gpu, variable), { variable, data });
}

/** Values of a variable after the runs submitted so far, row-major without padding. */
export async function read(gpu: Gpu, variable: Variable): Promise<HostData> {
  const bytes = await gpu.buffers.read(bufferOf(gpu, variable), byteSize(variable.spec));
  gpu.checkErrors();
  const size = sizeOf(variable.shape);
  return variable.spec.dtype === "f32"
    ? unpadRows(new Float32Array(bytes), variable.shape, new Float32Array(size))
    : unpadRows(new Uint32Array(bytes), variable.shape, new Uint32Array(size));
}

/** Frees the device copies of variables; a later use starts again from the initial values. */
export function release(gpu: Gpu, variables: Iterable<Variable>): void {
  const buffers = homes.get(gpu);
  for (const variable of variables) {
    const buffer = buffers?.get(variable);
    if (buffer === undefined) continue;
    gpu.buffers.free(buffer);
    buffers?.delete(variable);
  }
}

function upload(
  gpu: Gpu,
  buffer: GPUBuffer,
  { variable, data }: { variable: Variable; data: HostData },
): void {
  if (data.length === 0) return;
  const elements = byteSize(variable.spec) / 4;
  const padded = data.length === elements
    ? data
    : variable.spec.dtype === "f32"
    ? padRows(data as Float32Array, variable.shape, new Float32Array(elements))
    : padRows(data as Uint32Array, variable.shape, new Uint32Array(elements));
  gpu.device.queue.writeBuffer(buffer, 0, padded as Float32Array<ArrayBuffer>);
}
