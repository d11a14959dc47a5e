/** CIFAR-10 from a folder in the official binary layout: each record is a label byte and 3,072 pixel bytes (CHW).
 * Source: Krizhevsky, "Learning multiple layers of features from tiny images", 2009,
 * https://www.cs.toronto.edu/~kriz/cifar.html
 *
 * @module
 */
import { join } from "node:path";
import { readBytes, readText } from "../common/read_file.ts";
import { reasonOf } from "../common/system_error.ts";
import { sha256Hex } from "../common/sha256.ts";
import {
  CIFAR10_ARCHIVE,
  CIFAR10_CLASS_FILE,
  CIFAR10_CLASSES,
  CIFAR10_FILES,
  recogniseCifar10,
} from "./cifar10_release.ts";
import type { DatasetConfig, RegisteredDataset } from "./registered.ts";
import { type Dataset, dataset, imageSet } from "./types.ts";

const CLASSES = 10;
const SIZE = 32;
const PIXELS = 3 * SIZE * SIZE;
const RECORD = 1 + PIXELS;
const LICENCE = "none stated; cite Krizhevsky 2009";

/** `cifar10` in a preset: the first `trainSize` and `testSize` images. */
export interface Cifar10Config extends DatasetConfig {
  readonly name: "cifar10";
}

/** CIFAR-10 as presets name it. */
export const cifar10Dataset: RegisteredDataset<Cifar10Config> = {
  name: "cifar10",
  help: "CIFAR-10, read from a folder (--data)",
  fields: {
    trainSize: {
      kind: "integer",
      min: 10,
      max: 50_000,
      default: 50_000,
      unit: "images",
      help: "first training images",
    },
    testSize: {
      kind: "integer",
      min: 10,
      max: 10_000,
      default: 10_000,
      unit: "images",
      help: "first test images",
    },
  },
  classes: CLASSES,
  imageSize: () => SIZE,
  mayFlip: true,
  hasCues: false,
  fetch: "deno task data cifar10 fetches it",
  licence: LICENCE,
  open({ trainSize, testSize }, { dataDir }) {
    if (dataDir !== null) return cifar10(dataDir, { trainSize, testSize });
    throw new RangeError("Cannot read CIFAR-10: no folder given\nHint: name it by option dataDir");
  },
};

/** Settings of {@linkcode cifar10}. */
export interface Cifar10Options {
  /** Take the first n training images. Default: all, 50,000. */
  trainSize?: number;
  /** Take the first n test images. Default: all, 10,000. */
  testSize?: number;
  /** Records that each file must hold. Default: 10,000, as published; tests use small files. */
  recordsPerFile?: number;
}

/**
 * Reads CIFAR-10. All files are read and hashed whatever the sizes asked for, so that the result names the copy: the
 * official release, the known JPEG re-encoding, or an unrecognised copy.
 *
 * @param folder Holds `data_batch_1.bin` to `data_batch_5.bin`, `test_batch.bin` and `batches.meta.txt`, itself or in
 * its sub-folder `cifar-10-batches-bin`, as the official archive unpacks.
 * @returns Its hash covers the class names, too, where they are not those of CIFAR-10: pages and manifests show them.
 * @throws {RangeError} If a file is missing, cut short or too long, a label is not below 10, or a size is not there.
 * @throws {SyntaxError} If the class names are not ten lines.
 */
export async function cifar10(folder: string, options: Cifar10Options = {}): Promise<Dataset> {
  const { recordsPerFile = 10_000 } = options;
  const trainFiles = CIFAR10_FILES.length - 1;
  const trainSize = checkSize("training", options.trainSize, trainFiles * recordsPerFile);
  const testSize = checkSize("test", options.testSize, recordsPerFile);
  const root = await findFiles(folder);
  const classNames = parseClassNames(await readText(join(root, CIFAR10_CLASS_FILE)), root);

  const train = emptySplit(trainSize), test = emptySplit(testSize);
  const hashes: string[] = [];
  for (const [index, name] of CIFAR10_FILES.entries()) {
    const path = join(root, name);
    const bytes = await readBytes(path, { max: 2 * recordsPerFile * RECORD });
    checkBatch(bytes, { path, records: recordsPerFile });
    if (index < trainFiles) copyRecords(bytes, train, index * recordsPerFile);
    else copyRecords(bytes, test, 0);
    hashes.push(sha256Hex(bytes));
  }
  const { name, source } = recogniseCifar10(hashes);
  const shape = { classNames, height: SIZE, width: SIZE };
  const data = dataset({
    name,
    train: imageSet({ name: `${name}/train`, ...shape, ...train }),
    test: imageSet({ name: `${name}/test`, ...shape, ...test }),
    files: Object.fromEntries(CIFAR10_FILES.map((file, i) => [file, hashes[i]])),
    licence: LICENCE,
    source,
  });
  if (classNames.join() === CIFAR10_CLASSES.join()) return data;
  return { ...data, sha256: sha256Hex(JSON.stringify([data.sha256, classNames])) };
}

interface Split {
  readonly images: Uint8Array<ArrayBuffer>;
  readonly labels: Uint8Array<ArrayBuffer>;
}

function emptySplit(count: number): Split {
  return { images: new Uint8Array(count * PIXELS), labels: new Uint8Array(count) };
}

/** Copies the records of one file into a split, from image `start` on, as far as the split reaches. */
function copyRecords(bytes: Uint8Array, { images, labels }: Split, start: number): void {
  const count = Math.min(bytes.length / RECORD, labels.length - start);
  for (let i = 0; i < count; i++) {
    labels[start + i] = bytes[i * RECORD];
    images.set(bytes.subarray(i * RECORD + 1, (i + 1) * RECORD), (start + i) * PIXELS);
  }
}

function checkBatch(bytes: Uint8Array, { path, records }: { path: string; records: number }): void {
  const expected = records * RECORD;
  if (bytes.length !== expected) {
    const found = bytes.length < expected ? "it is cut short" : "it is too long";
    throw new RangeError(
      `Cannot read ${path}: it must hold ${records} records of ${RECORD} bytes, ${expected} bytes, ` +
        `${found}, ${bytes.length} bytes`,
    );
  }
  for (let record = 0; record < records; record++) {
    const label = bytes[record * RECORD];
    if (label >= CLASSES) {
      throw new RangeError(
        `Cannot read ${path}: labels are 0 to ${CLASSES - 1}, record ${record} has ${label}`,
      );
    }
  }
}

function checkSize(which: string, size: number | undefined, available: number): number {
  if (size === undefined) return available;
  if (Number.isInteger(size) && size >= 1 && size <= available) return size;
  throw new RangeError(`Cannot read CIFAR-10: it has ${available} ${which} images, ${size} were asked for`);
}

/** The folder itself or the sub-folder of the official archive, with all files there. */
async function findFiles(folder: string): Promise<string> {
  const hint = `Hint: deno task data cifar10 --out ${folder}`;
  const wanted = [...CIFAR10_FILES, CIFAR10_CLASS_FILE];
  const namesIn = async (path: string) => {
    const names: string[] = [];
    for await (const entry of Deno.readDir(path)) names.push(entry.name);
    return names;
  };
  let names: string[];
  try {
    names = await namesIn(folder);
  } catch (cause) {
    throw new RangeError(`Cannot read CIFAR-10 from folder ${folder}: ${reasonOf(cause)}\n${hint}`, {
      cause,
    });
  }
  let root = folder;
  if (names.includes(CIFAR10_ARCHIVE.folder) && !names.includes(wanted[0])) {
    root = join(folder, CIFAR10_ARCHIVE.folder);
    names = await namesIn(root);
  }
  const missing = wanted.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new RangeError(`Cannot read CIFAR-10 from folder ${root}: it lacks ${missing.join(", ")}\n${hint}`);
  }
  return root;
}

function parseClassNames(text: string, root: string): string[] {
  const names = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  if (names.length === CLASSES && new Set(names).size === CLASSES) return names;
  throw new SyntaxError(
    `Cannot read ${
      join(root, CIFAR10_CLASS_FILE)
    }: it must hold ${CLASSES} different class names, one a line, ` +
      `it holds ${names.length}${names.length === CLASSES ? ", some of them twice" : ""}`,
  );
}
