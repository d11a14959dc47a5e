/** All data sets that presets may name, in the order in which they are shown: the one place that lists them. */
import { cifar10Dataset } from "./cifar10.ts";
import { plantedDataset } from "./planted.ts";
import { registerDataset, type RegisteredDataset } from "./registered.ts";

/** The data sets; the first is the default. */
export const DATASETS: readonly RegisteredDataset[] = [
  registerDataset(plantedDataset),
  registerDataset(cifar10Dataset),
];

/**
 * The data set of a name.
 *
 * @throws {RangeError} If there is no such data set.
 */
export function datasetOf({ name }: { readonly name: string }): RegisteredDataset {
  const found = DATASETS.find((dataset) => dataset.name === name);
  if (found !== undefined) return found;
  const known = DATASETS.map((dataset) => dataset.name).join(", ");
  throw new RangeError(`Cannot find data set ${JSON.stringify(name)}: known are ${known}`);
}
