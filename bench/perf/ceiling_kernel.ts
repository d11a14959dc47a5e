/** A kernel of the ceilings: made once, run many times in one pass, its result checked. */

import { type Gpu, GpuError } from "../../engine/device/device.ts";

/** What a kernel is made of. */
export interface CeilingPlan {
  readonly name: string;
  /** WGSL with the entry point `main`. */
  readonly source: string;
  /** Values of its `override`s. */
  readonly constants?: Record<string, number>;
  /** In the order of their `@binding` numbers. */
  readonly resources: readonly GPUBindingResource[];
  readonly workgroups: number;
}

/** See {@linkcode CeilingKernel.create}. */
export class CeilingKernel {
  readonly #gpu: Gpu;
  readonly #plan: CeilingPlan;
  readonly #pipeline: GPUComputePipeline;
  readonly #group: GPUBindGroup;

  private constructor(gpu: Gpu, plan: CeilingPlan, pipeline: GPUComputePipeline) {
    this.#gpu = gpu;
    this.#plan = plan;
    this.#pipeline = pipeline;
    this.#group = gpu.device.createBindGroup({
      label: plan.name,
      layout: pipeline.getBindGroupLayout(0),
      entries: plan.resources.map((resource, binding) => ({ binding, resource })),
    });
  }

  /** Makes the pipeline; a bad shader shows at the next {@linkcode CeilingKernel.check}. */
  static async create(gpu: Gpu, plan: CeilingPlan): Promise<CeilingKernel> {
    const module = gpu.device.createShaderModule({ label: plan.name, code: plan.source });
    const pipeline = await gpu.device.createComputePipelineAsync({
      label: plan.name,
      layout: "auto",
      compute: { module, entryPoint: "main", constants: plan.constants ?? {} },
    });
    return new CeilingKernel(gpu, plan, pipeline);
  }

  /** Submits a number of runs in one pass. */
  submit(runs: number): void {
    const encoder = this.#gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(this.#pipeline);
    pass.setBindGroup(0, this.#group);
    for (let i = 0; i < runs; i++) pass.dispatchWorkgroups(this.#plan.workgroups);
    pass.end();
    this.#gpu.device.queue.submit([encoder.finish()]);
  }

  /**
   * Runs once and compares the first number of `out`.
   *
   * @throws {GpuError} If it is not about `expected`.
   */
  async check(out: GPUBuffer, expected: number): Promise<void> {
    this.submit(1);
    const [found] = new Float32Array(await this.#gpu.buffers.read(out, 16));
    this.#gpu.checkErrors();
    if (Math.abs(found - expected) <= 1e-3 * Math.abs(expected)) return;
    throw new GpuError(
      `Cannot trust the measured ceiling "${this.#plan.name}": its kernel gave ${found}, expected ${expected}`,
    );
  }
}
