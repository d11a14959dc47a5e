import { datasetOf } from "../../datasets/registry.ts";
import { loadPreset } from "../config/load_preset.ts";
import type { Preset } from "../config/preset.ts";
import { UsageError } from "../../common/usage_error.ts";

/** Which preset, with which seeds, on which data. */
export interface NamedPreset {
  /** A preset, its name, or the path of its file. Default: "quick". */
  readonly preset?: Preset | string | null;
  /** Default: those of the preset. */
  readonly seeds?: readonly number[] | null;
  /** Folder of the images, for data sets that are read. */
  readonly dataDir?: string | null;
}

/**
 * The preset that is named, with the seeds that are named.
 *
 * @throws {UsageError} If it cannot be read, or would fail at its first image: it reads them from a folder, and that is not
 * given or absent; or it generates them, and a folder is given.
 */
export async function namedPreset({ preset, seeds, dataDir }: NamedPreset): Promise<Preset> {
  const named = typeof preset === "object" && preset !== null ? preset : await loadPreset(preset ?? "quick");
  await checkData(named, dataDir ?? null);
  return !seeds ? named : { ...named, seeds };
}

/** Refuses a run that would fail at its first image. */
async function checkData({ name, dataset }: Preset, dataDir: string | null): Promise<void> {
  const { fetch } = datasetOf(dataset);
  if (fetch === null) {
    if (dataDir === null) return;
    throw new UsageError(
      `Cannot use option dataDir: preset ${name} generates its images, given ${dataDir}`,
    );
  }
  if (dataDir === null) {
    throw new UsageError(
      `Cannot run preset ${name}: it reads ${dataset.name} from a folder, without option dataDir\n` +
        `Hint: ${fetch}, then name the folder by option dataDir`,
    );
  }
  const isDirectory = await Deno.stat(dataDir).then((info) => info.isDirectory, () => false);
  if (!isDirectory) {
    throw new UsageError(
      `Cannot read ${dataset.name}: no such folder, given option dataDir ${dataDir}`,
    );
  }
}
