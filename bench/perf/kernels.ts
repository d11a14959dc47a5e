/** How fast single operations run, each as a recorded program of its own. */

import { type Gpu, GpuError } from "../../engine/device/device.ts";
import { record } from "../../engine/graph/graph.ts";
import { Program } from "../../engine/program/program.ts";
import { byteSize, type DType, sizeOf } from "../../engine/arrays/shape.ts";
import { Variable } from "../../engine/graph/tensor.ts";
import { release } from "../../engine/graph/variables.ts";
import type { KernelCase } from "./kernel_cases.ts";
import type { KernelTime } from "../records/perf_record.ts";
import { sample, type SamplingOptions } from "./sample.ts";

/**
 * Times one operation: a program records it on variables of positive numbers and runs as often as a sample needs,
 * each run submitted by itself, as a training step is. Copies that the program makes of its inputs count.
 *
 * @throws {GpuError} If its first result is not finite.
 */
export async function measureKernel(
  gpu: Gpu,
  kernel: KernelCase,
  options: SamplingOptions,
): Promise<KernelTime> {
  const { name, op, inputs, attrs } = kernel;
  const outputs = op.shape(inputs, attrs);
  const variables = inputs.map((spec, i) =>
    new Variable(`${name} input ${i}`, spec, positive(sizeOf(spec.shape), spec.dtype))
  );
  const program = await Program.compile(
    gpu,
    name,
    () => Object.fromEntries(record(op, variables, attrs).map((tensor, i) => [`output ${i}`, tensor])),
  );
  try {
    const { runs, samplesMs } = await sample(gpu, (runs) => {
      for (let i = 0; i < runs; i++) program.run();
    }, options);
    const result = await program.read("output 0");
    if (!result.every(Number.isFinite)) {
      throw new GpuError(`Cannot trust the time of ${name}: its result is not finite`);
    }
    return {
      name,
      op: op.name,
      flops: program.flops,
      bytes: [...inputs, ...outputs].reduce((sum, spec) => sum + byteSize(spec), 0),
      dispatches: program.dispatches,
      runs,
      samplesMs,
    };
  } finally {
    program.dispose();
    release(gpu, variables);
  }
}

/** Numbers from 0.5 to 1.5 that need no generator, the same on every run: no value is slower than another. */
function positive(size: number, dtype: DType): Float32Array | Uint32Array {
  if (dtype === "u32") return new Uint32Array(size);
  const data = new Float32Array(size);
  for (let i = 0; i < size; i++) data[i] = (Math.imul(i + 1, 0x9e3779b1) >>> 8) * 2 ** -24 + 0.5;
  return data;
}
