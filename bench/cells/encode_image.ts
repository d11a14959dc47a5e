/** Images as the report embeds them. */

import type { Picture } from "../../datasets/picture.ts";
import type { ImageSet } from "../../datasets/types.ts";

/** One image of a set as a picture. */
export function imageAt({ images, height, width }: ImageSet, index: number): Picture {
  const count = height * width, pixels = new Float32Array(3 * count);
  for (let p = 0; p < count; p++) {
    for (let c = 0; c < 3; c++) {
      const value = images[(index * 3 + c) * count + p];
      pixels[3 * p + c] = images instanceof Uint8Array ? value / 255 : value;
    }
  }
  return { height, width, pixels };
}

/** A picture as base64 of its 8-bit RGB pixels, row by row; values outside [0, 1] are cut off. */
export function base64Of({ pixels }: Picture): string {
  return Uint8Array.from(pixels, (value) => Math.round(255 * Math.min(1, Math.max(0, value)))).toBase64();
}
