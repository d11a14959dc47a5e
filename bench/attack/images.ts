/** The attacked images. */

import { isObject, type JsonFields } from "../../common/is_object.ts";
import { readText } from "../../common/read_file.ts";
import { cifar10 } from "../../datasets/cifar10.ts";
import { configOfRecord } from "../../datasets/registered.ts";
import { DATASETS } from "../../datasets/registry.ts";
import { type Dataset, type ImageSet, subset } from "../../datasets/types.ts";
import { asUsage } from "../terminal/as_usage.ts";
import { RUN_MANIFEST } from "../records/run_manifest.ts";
import { UsageError } from "../../common/usage_error.ts";
import type { LoadedClassifier } from "./classifier.ts";

/** The first test images of a data set. */
export interface TestImages {
  readonly set: ImageSet;
  /** sha256 of the files it was read from, by name; none where it was generated. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Opens a folder of CIFAR-10's binary version, or a run folder of `deno task bench` whose data were generated: those are
 * generated again. Takes the first `n` test images.
 *
 * @throws {UsageError} If there is no such data set, it has fewer images, or the classifier cannot take them: their
 * channels, or a label without a class.
 */
export async function openTestImages(
  folder: string,
  { n, classifier }: { n: number; classifier: Pick<LoadedClassifier, "configuration"> },
): Promise<TestImages> {
  const { test, files = {} } = await openDataset(folder);
  if (n > test.count) {
    throw new UsageError(
      `Cannot take the first ${n} images: ${test.name} has ${test.count}, given option n ${n}`,
    );
  }
  const { inputChannels, classes } = classifier.configuration;
  if (inputChannels !== test.channels) {
    throw new UsageError(
      `Cannot attack on ${test.name}: its images have ${test.channels} channels, the network takes ${inputChannels}`,
    );
  }
  const set = subset(test, n);
  const wrong = set.labels.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw new UsageError(
      `Cannot attack on ${test.name}: image ${wrong} has label ${set.labels[wrong]} (${
        set.classNames[set.labels[wrong]]
      }), the network knows ${classes} classes, 0 to ${classes - 1}`,
    );
  }
  return { set, files };
}

async function openDataset(folder: string): Promise<Dataset> {
  let manifest: string | null;
  try {
    manifest = await readText(`${folder}/run.json`);
  } catch {
    manifest = null; // not a run folder: cifar10() says what is wrong with it
  }
  if (manifest !== null) return await generatedByRun(folder, manifest);
  return await asUsage(cifar10(folder));
}

async function generatedByRun(folder: string, manifest: string): Promise<Dataset> {
  const refuse = (reason: string, hint = "") =>
    new UsageError(`Cannot read the data of run ${folder}: ${reason}${hint}`);
  const found = RUN_MANIFEST.read(manifest);
  if ("fault" in found) throw refuse(`its run.json cannot be used, ${found.fault}`);
  const { settings, identity } = found.value;
  const config = settings.dataset, name = isObject(config) ? config.name : undefined;
  const dataset = DATASETS.find((dataset) => dataset.name === name && dataset.fetch === null);
  if (dataset === undefined) {
    const hint = "\nHint: name by option data the folder of the images that the run read";
    throw refuse(`only generated images can be made again, its data set is ${JSON.stringify(name)}`, hint);
  }
  let made: Dataset;
  try {
    const { signal } = new AbortController();
    made = await dataset.open(configOfRecord(dataset, config as JsonFields), { dataDir: null, signal });
  } catch (cause) {
    throw refuse(cause instanceof Error ? cause.message : String(cause));
  }
  const recorded = identity?.dataset.sha256;
  if (recorded === made.sha256) return made;
  throw refuse(
    `generated again they are others than its run.json names, sha256 ${made.sha256}, expected ${recorded}`,
  );
}
