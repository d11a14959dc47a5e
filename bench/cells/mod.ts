/**
 * The cells that really train, construct and attack. {@linkcode openWorkbench} opens the device and reads the data
 * once for all of them.
 *
 * @module
 */
import { readDataset, writeDataset } from "../../datasets/dataset_file.ts";
import { datasetOf } from "../../datasets/registry.ts";
import type { CellContext, CellDescription, CellOutcome, Workbench, WorkbenchOptions } from "../plan/cell.ts";
import { chosenBy, openBenchGpu } from "../adapter/bench_gpu.ts";
import { driverText } from "../adapter/driver.ts";
import type { Preset } from "../config/preset.ts";
import { profile } from "./profile.ts";
import { runCellOf } from "./kinds.ts";
import { restoreOutput } from "./restore.ts";
import { asUsage } from "../terminal/as_usage.ts";

/**
 * Opens the device and the data set of a preset.
 *
 * @throws {NoAdapterError} If no adapter answers.
 * @throws {UsageError} If the data set cannot be read.
 */
export async function openWorkbench(
  preset: Preset,
  options: WorkbenchOptions,
): Promise<Workbench> {
  const { dataDir, dataFile, signal, variants = { rule: "fixed", pins: {} }, backend, note = () => {} } =
    options;
  const registered = datasetOf(preset.dataset);
  const dataset =
    await (dataFile === undefined
      ? asUsage(registered.open(preset.dataset, { dataDir, signal }))
      : readDataset(dataFile));
  signal.throwIfAborted();
  const { gpu, saveTimings } = await openBenchGpu(variants, { backend, note });
  return {
    dataset: { name: dataset.name, sha256: dataset.sha256 },
    adapter: gpu.info,
    driver: driverText(gpu.info),
    readPath: gpu.readPath,
    async executeCell(cell: CellDescription, context: CellContext): Promise<CellOutcome> {
      gpu.chosenVariants.clear();
      try {
        const outcome = await runCellOf(gpu, { cell, context, dataset });
        return { ...outcome, variants: chosenBy(gpu) };
      } finally {
        await saveTimings();
      }
    },
    restoreOutput,
    async profile(cell, signal) {
      try {
        return await profile(gpu, { cell, dataset, signal });
      } finally {
        await saveTimings();
      }
    },
    ...registered.fetch === null && { writeData: (path) => writeDataset(path, dataset) },
    close: () => gpu.close(),
  };
}
