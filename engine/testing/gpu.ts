/** One device for all tests of a file, or a visible reason why there is none. */

import { hasGpu } from "../device/backend.ts";
import { type Gpu, openGpu, type ReadPath } from "../device/device.ts";

const available = await hasGpu();
// deno-lint-ignore no-console -- the reason has to be seen where the tests run
if (!available) console.warn("GPU tests are ignored: no WebGPU adapter answers (sh setup.sh installs one)");

/** Whether GPU tests have to be ignored. */
export const noGpu = !available;

const opened = new Map<ReadPath, Promise<Gpu>>();

/** Registers a test that needs the GPU; ignored, and counted as such, where there is none. */
export function gpuTest(
  name: string,
  run: (gpu: Gpu) => Promise<void>,
  readPath: ReadPath = "buffer",
): void {
  Deno.test({
    name,
    ignore: noGpu,
    sanitizeResources: false,
    sanitizeOps: false,
    fn: async () => await run(await sharedGpu(readPath)),
  });
}

/** The device that the tests of a file share, opened when first asked for. */
export function sharedGpu(readPath: ReadPath): Promise<Gpu> {
  let gpu = opened.get(readPath);
  if (gpu === undefined) opened.set(readPath, gpu = openGpu({ readPath }));
  return gpu;
}
