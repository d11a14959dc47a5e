/** Examples of an augmentation, to look at.
 *
 * @module
 */
import type { Gpu } from "../engine/device/device.ts";
import { Program } from "../engine/program/program.ts";
import { stream } from "../common/random.ts";
import type { Tensor } from "../engine/graph/tensor.ts";
import { augment, AUGMENTATION_STEPS, type AugmentationConfig, NO_AUGMENTATION } from "./augment.ts";
import { Feed } from "./feed.ts";
import { type Picture, picturesOf } from "./picture.ts";
import { type ImageSet, subset } from "./types.ts";

/** Contents of a strip. */
export interface StripOptions {
  /** Its first images are shown. */
  readonly set: ImageSet;
  readonly augmentation: AugmentationConfig;
  /** Images in a row; all of the set if it has fewer. */
  readonly count: number;
  readonly seed: number;
}

/** A row of a strip. */
export interface StripRow {
  readonly label: string;
  readonly images: readonly Picture[];
}

const LABELS = {
  cropPadding: "padded crop",
  resizedCrop: "resized crop",
  flip: "flip",
  jitter: "colour jitter",
  greyscale: "greyscale",
  blur: "blur",
} as const;

/**
 * Images as stored, under each step of an augmentation alone, and under all of them in two views. Alone, a step is
 * applied to every image, whatever its probability; mirroring keeps its half.
 *
 * @throws {RangeError} If a setting makes no sense for such images.
 */
export async function augmentationStrip(
  gpu: Gpu,
  { set, augmentation, count, seed }: StripOptions,
): Promise<StripRow[]> {
  const shown = Math.min(count, set.count);
  const feed = new Feed(gpu, subset(set, shown), { batchSize: shown });
  const program = await Program.compile(gpu, "augmentation strip", () => {
    const images = feed.images(), { examples, epoch } = feed;
    const draw = (config: AugmentationConfig, view = 0) =>
      augment(images, config, {
        examples,
        step: epoch,
        stream: (step) => stream(seed, `augmentation${view === 0 ? "" : ` ${view}`}/${step}`),
      });
    const rows: Record<string, Tensor> = { "as stored": images };
    for (const step of AUGMENTATION_STEPS) {
      if (augmentation[step] === NO_AUGMENTATION[step]) continue;
      rows[LABELS[step]] = draw({ ...NO_AUGMENTATION, [step]: always(augmentation)[step] });
    }
    return { ...rows, "view 1": draw(augmentation), "view 2": draw(augmentation, 1) };
  });
  feed.load(Uint32Array.from({ length: shown }, (_, i) => i));
  program.run();
  const rows: StripRow[] = [];
  for (const label of program.outputNames) {
    rows.push({ label, images: picturesOf(await program.read(label) as Float32Array, set) });
  }
  program.dispose();
  feed.dispose();
  return rows;
}

/** The same augmentation with certainty. */
function always({ jitter, blur, ...others }: AugmentationConfig): AugmentationConfig {
  return {
    ...others,
    jitter: jitter && { ...jitter, probability: 1 },
    greyscale: 1,
    blur: blur && { ...blur, probability: 1 },
  };
}
