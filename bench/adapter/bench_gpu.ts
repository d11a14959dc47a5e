/** The device that commands compute on: its variants are chosen as `--variants` says. */
import type { Backend } from "../../engine/device/backend.ts";
import { TimingCache, timingCachePath } from "../../engine/autotune/timing_cache.ts";
import {
  autotuned,
  firstVariant,
  pinnedVariants,
  type VariantPolicy,
} from "../../engine/autotune/variant_policy.ts";
import { type Gpu, openGpu } from "../../engine/device/device.ts";
import { driverText } from "./driver.ts";
import { adapterIdentity } from "./surroundings.ts";
import type { Env, Variants } from "./variants_option.ts";

/** A device with its policy for variants. */
export interface BenchGpu {
  readonly gpu: Gpu;
  /** Keeps new timings for later runs; where they cannot be written, says so once. */
  saveTimings(): Promise<void>;
}

/**
 * Opens the device. Timings lie in a file for this adapter, backend, class of drivers and read path, see {@linkcode timingCachePath}.
 *
 * @param options.backend Null for the system's own.
 * @param options.note Told of a file that cannot be written.
 * @throws {NoAdapterError} If no adapter answers.
 */
export async function openBenchGpu(
  { rule, pins }: Variants,
  { backend = null, note, env = Deno.env.get }: {
    backend?: Backend | null;
    note: (text: string) => void;
    env?: Env;
  },
): Promise<BenchGpu> {
  let policy: VariantPolicy = firstVariant; // until the adapter is known, and with it the file
  const gpu = await openGpu({ backend, variantPolicy: (request) => policy(request) });
  if (rule === "fixed" || (rule === "auto" && gpu.info.isFallback)) {
    policy = pinnedVariants(pins);
    return { gpu, saveTimings: () => Promise.resolve() };
  }
  const { vendor, architecture, device } = gpu.info;
  const identity = adapterIdentity({ adapter: gpu.info, driver: driverText(gpu.info) });
  const path = timingCachePath([vendor, architecture, device, identity, gpu.readPath], env);
  const cache = await TimingCache.open(path);
  policy = pinnedVariants(pins, autotuned(cache));
  let told = false;
  return {
    gpu,
    async saveTimings() {
      try {
        await cache.save();
      } catch (error) {
        if (!told) note(`Timings of kernels are not kept: ${error instanceof Error ? error.message : error}`);
        told = true;
      }
    },
  };
}

/** The variants that programs have chosen since the device's record was last cleared, in the order of the names. */
export function chosenBy(gpu: Gpu): Record<string, string> {
  return Object.fromEntries([...gpu.chosenVariants].sort(([a], [b]) => a < b ? -1 : 1));
}
