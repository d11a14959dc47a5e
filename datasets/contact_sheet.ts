/** Pictures of a data set, to look at.
 *
 * @module
 */
import { encode } from "fast-png";
import type { ImageSet } from "./types.ts";

/** Settings of {@linkcode contactSheet}. */
export interface ContactSheetOptions {
  /** Images in a row. Default: 10, one per class where labels take turns. */
  columns?: number;
  /** Default: 10. */
  rows?: number;
  /** Each pixel becomes a square of this side. Default: 4. */
  zoom?: number;
  /**
   * Show what this set adds to the other one, amplified: 0.5 + factor * (set - other). For two splits that differ in
   * one cue. Default: show the images themselves.
   */
  difference?: { readonly from: ImageSet; readonly factor: number };
}

/** A PNG file with the first images of a set, row by row. */
export function contactSheet(set: ImageSet, options: ContactSheetOptions = {}): Uint8Array {
  const { columns = 10, rows = 10, zoom = 4, difference } = options;
  const width = columns * set.width * zoom, height = rows * set.height * zoom;
  const data = new Uint8Array(width * height * 3).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const image = Math.floor(y / zoom / set.height) * columns + Math.floor(x / zoom / set.width);
      if (image >= set.count) continue;
      const inImage = Math.floor(y / zoom) % set.height * set.width + Math.floor(x / zoom) % set.width;
      for (let channel = 0; channel < 3; channel++) {
        const at = (image * 3 + channel) * set.height * set.width + inImage;
        const value = difference
          ? 0.5 + difference.factor * (unit(set, at) - unit(difference.from, at))
          : unit(set, at);
        data[(y * width + x) * 3 + channel] = Math.round(255 * Math.min(1, Math.max(0, value)));
      }
    }
  }
  return encode({ width, height, data, channels: 3, depth: 8 });
}

/** A value in [0, 1]. */
function unit({ images }: ImageSet, at: number): number {
  return images instanceof Uint8Array ? images[at] / 255 : images[at];
}
