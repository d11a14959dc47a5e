/** GPU buffers and textures, with byte counts that expose leaks. */

import { TEXTURE_ROW, textureBytes, textureRows } from "./texture_layout.ts";

const USAGE = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

/** Creates, reads and frees buffers and textures. */
export class BufferStore {
  readonly #device: GPUDevice;
  readonly #held = new Map<GPUBuffer | GPUTexture, number>();
  #liveBytes = 0;
  #peakBytes = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Bytes held now. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  /** Peak of the bytes held since the start or the last {@linkcode BufferStore.resetPeak}. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  /** Resets the peak to the bytes held now, or to an earlier peak. */
  resetPeak(bytes = 0): void {
    this.#peakBytes = Math.max(bytes, this.#liveBytes);
  }

  /**
   * A zeroed storage buffer, rounded up so that it can be copied into a texture row by row.
   *
   * @throws {RangeError} If the device cannot bind a buffer of that size.
   */
  create(label: string, sizeBytes: number): GPUBuffer {
    const limit = Math.min(
      this.#device.limits.maxBufferSize,
      this.#device.limits.maxStorageBufferBindingSize,
    );
    if (sizeBytes > limit) {
      throw new RangeError(
        `Cannot create buffer "${label}": ${sizeBytes} bytes asked, the device binds at most ${limit}\n` +
          "Hint: use a smaller batch size",
      );
    }
    const size = Math.ceil(sizeBytes / 16) * 16;
    const buffer = this.#device.createBuffer({ label, size, usage: USAGE });
    this.#count(buffer, size);
    return buffer;
  }

  /** A texture for `sizeBytes`, one texel a `vec4`. */
  createTexture(label: string, sizeBytes: number): GPUTexture {
    const texture = this.#device.createTexture({
      label,
      size: [TEXTURE_ROW, textureRows(sizeBytes)],
      format: "rgba32float",
      usage: GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.COPY_DST,
    });
    this.#count(texture, textureBytes(sizeBytes));
    return texture;
  }

  /** Reads the first `sizeBytes` of a buffer; costs one round trip (about 11 ms under Deno). */
  async read(buffer: GPUBuffer, sizeBytes: number): Promise<ArrayBuffer> {
    const staging = this.#device.createBuffer({
      label: `read ${buffer.label}`,
      size: sizeBytes,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    const encoder = this.#device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, sizeBytes);
    this.#device.queue.submit([encoder.finish()]);
    try {
      await staging.mapAsync(GPUMapMode.READ);
      return staging.getMappedRange().slice(0);
    } finally {
      staging.destroy();
    }
  }

  /** Destroys one buffer or texture immediately; the garbage collector would keep gigabytes alive. */
  free(resource: GPUBuffer | GPUTexture): void {
    const size = this.#held.get(resource);
    if (size === undefined) return;
    this.#held.delete(resource);
    this.#liveBytes -= size;
    resource.destroy();
  }

  /** Destroys everything. */
  destroy(): void {
    for (const resource of [...this.#held.keys()]) this.free(resource);
  }

  #count(resource: GPUBuffer | GPUTexture, size: number): void {
    this.#held.set(resource, size);
    this.#liveBytes += size;
    this.#peakBytes = Math.max(this.#peakBytes, this.#liveBytes);
  }
}
