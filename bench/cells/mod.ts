/**
 * The cells that really train, construct and attack. {@linkcode openWorkbench} opens the device and reads the data
 * once for all of them.
 *
 * @module
 */
import { planted } from "../../datasets/planted.ts";
import { cifar10 } from "../../datasets/cifar10.ts";
import type { Dataset } from "../../datasets/types.ts";
import { openGpu } from "../../engine/device.ts";
import type { CellContext, CellDescription, CellOutcome, Workbench } from "../cell.ts";
import type { DatasetConfig, Preset } from "../preset.ts";
import { constructCell } from "./construct.ts";
import { rehearse } from "./rehearse.ts";
import { restoreOutput } from "./restore.ts";
import { trainCell } from "./train.ts";

/**
 * Opens the device and the data set of a preset.
 *
 * @throws {NoAdapterError} If no adapter answers.
 * @throws {RangeError} If the data set cannot be read.
 */
export async function openWorkbench(
  preset: Preset,
  { dataDir, signal }: { dataDir: string | null; signal: AbortSignal },
): Promise<Workbench> {
  const dataset = await openDataset(preset.dataset, dataDir);
  signal.throwIfAborted();
  const gpu = await openGpu();
  return {
    dataset: { name: dataset.name, sha256: dataset.sha256 },
    adapter: gpu.info,
    kernelVariant: gpu.variant,
    executeCell: (cell: CellDescription, context: CellContext): Promise<CellOutcome> =>
      cell.kind === "train"
        ? trainCell(gpu, { cell, context, dataset })
        : constructCell(gpu, { cell, context, dataset }),
    restoreOutput,
    rehearse: (cell, signal) => rehearse(gpu, { cell, dataset, signal }),
    close: () => gpu.close(),
  };
}

function openDataset(config: DatasetConfig, dataDir: string | null): Dataset | Promise<Dataset> {
  if (config.name === "planted") {
    const { gratingAmplitude, pixelNoise, ...rest } = config;
    return planted({ ...rest, gratingAmplitude: gratingAmplitude.value, pixelNoise: pixelNoise.value });
  }
  if (dataDir === null) throw new RangeError("Cannot read CIFAR-10: no folder given\nHint: pass --data DIR");
  return cifar10(dataDir, { trainSize: config.trainSize, testSize: config.testSize });
}
