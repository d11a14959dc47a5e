/** How a value lies in a storage texture: vec4 `i` is texel (i % ROW, i / ROW), in rows from the top. */

/** Texels in a row; a power of two and a multiple of 16, so that whole rows can be copied from and to buffers. */
export const TEXTURE_ROW = 2048;

/** Rows of the texture for a value of `sizeBytes`. */
export function textureRows(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / 16 / TEXTURE_ROW));
}

/** Bytes of the texture for a value of `sizeBytes`. */
export function textureBytes(sizeBytes: number): number {
  return textureRows(sizeBytes) * TEXTURE_ROW * 16;
}

/** Copies the first `sizeBytes` of a buffer into a texture. */
export function copyToTexture(
  encoder: GPUCommandEncoder,
  { buffer, texture, sizeBytes }: { buffer: GPUBuffer; texture: GPUTexture; sizeBytes: number },
): void {
  for (const { offset, width, rows, row } of pieces(sizeBytes)) {
    const layout = { buffer, offset, bytesPerRow: TEXTURE_ROW * 16, rowsPerImage: rows };
    encoder.copyBufferToTexture(layout, { texture, origin: [0, row] }, [width, rows]);
  }
}

/** Copies the first `sizeBytes` of a texture into a buffer. */
export function copyFromTexture(
  encoder: GPUCommandEncoder,
  { buffer, texture, sizeBytes }: { buffer: GPUBuffer; texture: GPUTexture; sizeBytes: number },
): void {
  for (const { offset, width, rows, row } of pieces(sizeBytes)) {
    const layout = { buffer, offset, bytesPerRow: TEXTURE_ROW * 16, rowsPerImage: rows };
    encoder.copyTextureToBuffer({ texture, origin: [0, row] }, layout, [width, rows]);
  }
}

/** Whole rows at once, then the rest of the last one. */
function* pieces(sizeBytes: number) {
  const texels = sizeBytes / 16;
  const rows = Math.floor(texels / TEXTURE_ROW);
  const rest = texels - rows * TEXTURE_ROW;
  if (rows > 0) yield { offset: 0, width: TEXTURE_ROW, rows, row: 0 };
  if (rest > 0) yield { offset: rows * TEXTURE_ROW * 16, width: rest, rows: 1, row: rows };
}
