/** WGSL text -> compute pipeline, once per text; a bad shader becomes one exception with line and source. */

/** How a shader declares a binding; a texture is read only. */
export type BindingForm = "read" | "read_write" | "texture";

/** One binding of a shader in group 0: its number, and how it is declared. */
export interface BindingSlot {
  readonly binding: number;
  readonly form: BindingForm;
}

/** The shader or its pipeline is invalid. */
export class ShaderError extends Error {
  override name = "ShaderError";
}

const RESOURCE: Readonly<Record<BindingForm, Omit<GPUBindGroupLayoutEntry, "binding" | "visibility">>> = {
  read: { buffer: { type: "read-only-storage" } },
  read_write: { buffer: { type: "storage" } },
  texture: { storageTexture: { access: "read-only", format: "rgba32float" } },
};

/** Compiles and keeps pipelines. */
export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Number of pipelines compiled or being compiled; failed ones are not kept. */
  get size(): number {
    return this.#pipelines.size;
  }

  /**
   * The pipeline for a shader whose entry point is `main` and whose bindings all lie in group 0.
   *
   * @throws {ShaderError} If it does not compile; the message holds label, line, column and the source line.
   */
  get(label: string, source: string, bindings: readonly BindingSlot[]): Promise<GPUComputePipeline> {
    const key = bindings.map(({ binding, form }) => `${binding} ${form}`).join(",") + "\n" + source;
    let pipeline = this.#pipelines.get(key);
    if (pipeline === undefined) {
      pipeline = this.#compile(label, source, bindings).catch((error) => {
        this.#pipelines.delete(key);
        throw error;
      });
      this.#pipelines.set(key, pipeline);
    }
    return pipeline;
  }

  async #compile(
    label: string,
    source: string,
    bindings: readonly BindingSlot[],
  ): Promise<GPUComputePipeline> {
    const device = this.#device;
    device.pushErrorScope("validation");
    const module = device.createShaderModule({ label, code: source });
    const group = device.createBindGroupLayout({
      label,
      entries: bindings.map(({ binding, form }): GPUBindGroupLayoutEntry => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        ...RESOURCE[form],
      })),
    });
    const layout = device.createPipelineLayout({ label, bindGroupLayouts: [group] });
    const pipeline = device.createComputePipeline({ label, layout, compute: { module, entryPoint: "main" } });
    const error = await device.popErrorScope();
    if (error === null) return pipeline;
    const messages = (await module.getCompilationInfo()).messages.filter((m) => m.type === "error");
    const lines = source.split("\n");
    const places = messages.map((m) =>
      `  line ${m.lineNum}:${m.linePos}: ${m.message}\n    ${lines[m.lineNum - 1] ?? ""}`
    );
    throw new ShaderError(
      `Cannot compile shader "${label}": ${places.length > 0 ? `\n${places.join("\n")}` : error.message}`,
    );
  }
}

/** Splits a number of workgroups over two dimensions, since each is limited to 65,535. */
export function splitGrid(workgroups: number): [number, number, number] {
  if (workgroups <= MAX_GRID) return [Math.max(1, workgroups), 1, 1];
  const y = Math.ceil(workgroups / MAX_GRID);
  return [Math.ceil(workgroups / y), y, 1];
}

/** WebGPU's guaranteed limit of workgroups per dimension. */
export const MAX_GRID = 65535;
