/**
 * The cells that really train, construct and attack. {@linkcode openWorkbench} opens the device and reads the data
 * once for all of them.
 *
 * @module
 */
import { plantedInTurns } from "../../datasets/planted.ts";
import { cifar10 } from "../../datasets/cifar10.ts";
import { readDataset, writeDataset } from "../../datasets/dataset_file.ts";
import type { Dataset } from "../../datasets/types.ts";
import type { CellContext, CellDescription, CellOutcome, Workbench, WorkbenchOptions } from "../plan/cell.ts";
import { chosenBy, openBenchGpu } from "../adapter/choices_option.ts";
import { driverText } from "../adapter/driver.ts";
import type { DatasetConfig, Preset } from "../config/preset.ts";
import { rehearse } from "./rehearse.ts";
import { runCellOf } from "./kinds.ts";
import { restoreOutput } from "./restore.ts";
import { asUsage } from "../terminal/as_usage.ts";
import { UsageError } from "../../common/usage_error.ts";

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
  const { dataDir, dataFile, signal, choices = { rule: "fixed", pins: {} }, backend, note = () => {} } =
    options;
  const dataset =
    await (dataFile === undefined ? openDataset(preset.dataset, { dataDir, signal }) : readDataset(dataFile));
  signal.throwIfAborted();
  const { gpu, saveTimings } = await openBenchGpu(choices, { backend, note });
  return {
    dataset: { name: dataset.name, sha256: dataset.sha256 },
    adapter: gpu.info,
    driver: driverText(gpu.info),
    kernelVariant: gpu.readPath,
    async executeCell(cell: CellDescription, context: CellContext): Promise<CellOutcome> {
      gpu.chosenVariants.clear();
      try {
        const outcome = await runCellOf(gpu, { cell, context, dataset });
        return { ...outcome, kernelChoices: chosenBy(gpu) };
      } finally {
        await saveTimings();
      }
    },
    restoreOutput,
    async rehearse(cell, signal) {
      try {
        return await rehearse(gpu, { cell, dataset, signal });
      } finally {
        await saveTimings();
      }
    },
    ...preset.dataset.name === "planted" && { writeData: (path) => writeDataset(path, dataset) },
    close: () => gpu.close(),
  };
}

async function openDataset(
  config: DatasetConfig,
  { dataDir, signal }: Pick<WorkbenchOptions, "dataDir" | "signal">,
): Promise<Dataset> {
  if (config.name === "planted") {
    const { gratingAmplitude, pixelNoise, ...rest } = config;
    const options = { ...rest, gratingAmplitude: gratingAmplitude.value, pixelNoise: pixelNoise.value };
    return await plantedInTurns(options, { signal });
  }
  if (dataDir === null) throw new UsageError("Cannot read CIFAR-10: no folder given\nHint: pass --data DIR");
  return await asUsage(cifar10(dataDir, { trainSize: config.trainSize, testSize: config.testSize }));
}
