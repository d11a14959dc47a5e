import { join } from "node:path";
import { putFiles } from "./_put_files.ts";
import { contactSheet } from "./contact_sheet.ts";
import { planted } from "./planted.ts";

/** What {@linkcode writePlantedSheets} draws, and where it goes. */
export interface PlantedSheetsOptions {
  /** Folder for the pictures; made if missing. Default: "data/planted". */
  readonly out?: string;
  /** Of the images. Default: 0. */
  readonly seed?: number;
}

/**
 * Writes PNG contact sheets of the planted data set, of its images with one cue alone, and of its gratings, amplified:
 * `deno task data planted`.
 *
 * @returns The paths of the files.
 * @throws {Error} If something else has one of their names, or they cannot be written.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { writePlantedSheets } from "./planted_sheets.ts";
 * const out = await Deno.makeTempDir();
 * const paths = await writePlantedSheets({ out, seed: 1 });
 * assertEquals(paths.length, 5);
 * await Deno.remove(out, { recursive: true });
 * ```
 */
export async function writePlantedSheets(
  { out = join("data", "planted"), seed = 0 }: PlantedSheetsOptions = {},
): Promise<string[]> {
  const { train, test, extraTests } = planted({ trainSize: 100, testSize: 100, seed });
  const without = planted({ trainSize: 1, testSize: 100, seed, gratingAmplitude: 0 }).test;
  const sheets = {
    "train.png": contactSheet(train),
    "test.png": contactSheet(test),
    "robust-cue-only.png": contactSheet(extraTests!.robustCueOnly),
    "non-robust-cue-only.png": contactSheet(extraTests!.nonRobustCueOnly),
    "gratings-amplified.png": contactSheet(test, { difference: { from: without, factor: 20 } }),
  };
  await putFiles(out, new Map(Object.entries(sheets)));
  return Object.keys(sheets).map((name) => join(out, name));
}
