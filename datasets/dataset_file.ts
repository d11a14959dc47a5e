/** A whole data set in one file, so that another process need not generate it again. */
import {
  encodeSafetensors,
  getTensor,
  type HostTensor,
  readSafetensors,
} from "../engine/files/safetensors.ts";
import { writeFileAtomic } from "../common/atomic_file.ts";
import { type Dataset, dataset, type ImageSet, imageSet } from "./types.ts";

const SPLITS = ["train", "test", "robustCueOnly", "nonRobustCueOnly"] as const;

/** The fields of a split that are not arrays. */
type SplitFacts = Pick<ImageSet, "name" | "classNames" | "height" | "width">;

/** The parts of a data set that are not arrays; hashes are recomputed from the arrays. */
interface Facts extends Pick<Dataset, "name" | "licence" | "source" | "files"> {
  readonly splits: Partial<Record<typeof SPLITS[number], SplitFacts>>;
}

/**
 * Writes a data set of byte images atomically.
 *
 * @throws {RangeError} If a split's images are not bytes.
 * @throws {Error} If the file cannot be written.
 */
export async function writeDataset(path: string, set: Dataset): Promise<void> {
  const { name, licence, source, files, train, test, extraTests } = set;
  const splits = { train, test, ...extraTests };
  const tensors = new Map<string, HostTensor>(), facts: Facts["splits"] = {};
  for (const split of SPLITS) {
    if (splits[split] === undefined) continue;
    const { name, classNames, height, width, count, images, labels } = splits[split];
    if (images instanceof Float32Array) {
      throw new RangeError(`Cannot write data set ${name}: its images must be bytes, they are float32`);
    }
    facts[split] = { name, classNames, height, width };
    tensors.set(`${split}/images`, { dtype: "U8", shape: [count, 3, height, width], data: images });
    tensors.set(`${split}/labels`, { dtype: "U8", shape: [count], data: labels });
  }
  const metadata = {
    dataset: JSON.stringify({ name, licence, source, files, splits: facts } satisfies Facts),
  };
  await writeFileAtomic(path, encodeSafetensors(tensors, { metadata }));
}

/**
 * Reads what {@linkcode writeDataset} wrote.
 *
 * @throws {SyntaxError} If it is no such file.
 * @throws {RangeError} If a split is missing or does not fit its size.
 */
export async function readDataset(path: string): Promise<Dataset> {
  const file = await readSafetensors(path);
  if (file.metadata.dataset === undefined) {
    throw new SyntaxError(`Cannot read data set ${path}: it holds none`);
  }
  const { splits, ...facts } = JSON.parse(file.metadata.dataset) as Facts;
  const read = (split: typeof SPLITS[number]): ImageSet => {
    const own = splits[split];
    if (own === undefined) throw new RangeError(`Cannot read data set ${path}: it has no split ${split}`);
    const take = (part: string) => getTensor(file, `${split}/${part}`, { dtype: "U8" }).data;
    return imageSet({ ...own, images: take("images"), labels: take("labels") });
  };
  const extraTests = splits.robustCueOnly === undefined
    ? undefined
    : { robustCueOnly: read("robustCueOnly"), nonRobustCueOnly: read("nonRobustCueOnly") };
  return dataset({ ...facts, train: read("train"), test: read("test"), ...extraTests && { extraTests } });
}
