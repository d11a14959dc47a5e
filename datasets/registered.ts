/** The registration of a data set: presets, plans, checks and the reference read it and need no list of their own. */
import type { Field, Fields } from "../settings/field.ts";
import { readField } from "../settings/read_field.ts";
import type { Dataset } from "./types.ts";

/** Settings that every data set has in a preset; each adds its own. */
export interface DatasetConfig {
  readonly name: string;
  /** Training images. */
  readonly trainSize: number;
  /** Test images. */
  readonly testSize: number;
}

/** Options for opening a data set. */
export interface OpenData {
  /** Folder of the images; null where none is given. */
  readonly dataDir: string | null;
  readonly signal: AbortSignal;
}

/** A data set that presets may name. */
export interface RegisteredDataset<Config extends DatasetConfig = DatasetConfig> {
  readonly name: Config["name"];
  /** A description in a few words. */
  readonly help: string;
  /** Its settings in a preset. */
  readonly fields: Fields<Omit<Config, "name">>;
  /** How many classes its labels have. */
  readonly classes: number;
  /** Height and width of its images in pixels. */
  imageSize(config: Config): number;
  /** Whether a mirrored image keeps its label, so that augmentation may flip it. */
  readonly mayFlip: boolean;
  /** Whether it has test splits that show a single cue each. */
  readonly hasCues: boolean;
  /** A clause on how to fetch the images into a folder: "deno task data cifar10 fetches it"; null if they are generated. */
  readonly fetch: string | null;
  readonly licence: string;
  /**
   * Reads or generates it.
   *
   * @throws {RangeError} If a file is missing, damaged or of a wrong size.
   */
  open(config: Config, options: OpenData): Promise<Dataset>;
}

/** A data set whose settings are no longer told apart by type: `config` has passed its `fields`. */
export function registerDataset<Config extends DatasetConfig>(
  dataset: RegisteredDataset<Config>,
): RegisteredDataset {
  return dataset as unknown as RegisteredDataset;
}

/**
 * The settings of a data set by what a record says of them, where amounts are numbers.
 *
 * @throws {RangeError} If a value is not one that a preset could have.
 */
export function configOfRecord(
  { name, fields }: RegisteredDataset,
  recorded: Readonly<Record<string, unknown>>,
): DatasetConfig {
  const read = ([key, field]: [string, Field]) => {
    if (!(key in recorded)) return [key, field.default];
    try {
      return [key, readField(field, recorded[key])];
    } catch (cause) {
      throw new RangeError(`Cannot generate ${name}: ${key} ${(cause as Error).message}`, { cause });
    }
  };
  return { name, ...Object.fromEntries(Object.entries(fields).map(read)) } as DatasetConfig;
}
