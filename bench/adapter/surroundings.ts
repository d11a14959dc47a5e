/** Data, adapter, driver and kernels: with code and configuration they decide the bits of a result. */
import type { CellRecord, MachineInfo } from "../records/mod.ts";

/** Two places with equal surroundings compute equal bits, as far as systems say what they are. */
export interface Surroundings {
  readonly dataset: CellRecord["dataset"];
  /** See {@linkcode adapterIdentity}. */
  readonly adapter: string;
  readonly readPath: string;
}

/** Of an open device with its data. */
export function surroundingsOf(
  { dataset, adapter, driver, readPath }: Pick<CellRecord, "dataset" | "readPath"> & {
    readonly adapter: MachineInfo["adapter"];
    readonly driver: string | null;
  },
): Surroundings {
  return { dataset, adapter: adapterIdentity({ adapter, driver }), readPath };
}

/**
 * All that is known of an adapter and decides bits, in words: its description, its backend and its class of drivers, such
 * as "llvmpipe (LLVM 15.0.6, 256 bits), vulkan, Mesa 22.3 (libvulkan_lvp.so)". What is not known is said to be unknown, and
 * so is equal to what is not known either, and to nothing else.
 */
export function adapterIdentity({ adapter, driver }: Pick<MachineInfo, "adapter" | "driver">): string {
  const words = [adapter.description || adapter.device || adapter.vendor || "unknown adapter"];
  words.push(adapter.backend ?? "unknown backend", driver ? driverClass(driver) : "unknown driver");
  return words.join(", ");
}

/**
 * Versions of a driver that count as one: those that differ in the third number and what follows, by which drivers
 * are mended and distributions tell their packages apart. Of NVIDIA's, its branch and release, "NVIDIA 550.54".
 *
 * @param driver As `driverText()` says it.
 */
export function driverClass(driver: string): string {
  const nvidia = /\bNVIDIA\b.*?\s(\d{3,}\.\d+)/.exec(driver);
  if (nvidia !== null) return `NVIDIA ${nvidia[1]}`;
  return driver.replaceAll(/(?<![\d.])(\d+\.\d+)\.\d[\w.+~-]*/g, "$1");
}
