/** Single images for the eye. */

/** Pixels [H, W, 3], row by row, in [0, 1]; values outside are cut off when shown. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly pixels: Float32Array;
}

/** The images of a batch [B, H, W, 3], each on its own. */
export function picturesOf(
  batch: Float32Array,
  { height, width }: { readonly height: number; readonly width: number },
): Picture[] {
  const size = 3 * height * width;
  return Array.from({ length: batch.length / size }, (_, i) => {
    return { height, width, pixels: batch.slice(i * size, (i + 1) * size) };
  });
}
