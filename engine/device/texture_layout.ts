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

/** Copies the first `sizeBytes` of a buffer into a texture: whole rows at once, then the rest of the last one. */
export function copyToTexture(
  encoder: GPUCommandEncoder,
  { buffer, texture, sizeBytes }: { buffer: GPUBuffer; texture: GPUTexture; sizeBytes: number },
): void {
  const texels = sizeBytes / 16, bytesPerRow = TEXTURE_ROW * 16;
  const rows = Math.floor(texels / TEXTURE_ROW);
  const rest = texels - rows * TEXTURE_ROW;
  if (rows > 0) {
    const whole = { buffer, bytesPerRow, rowsPerImage: rows };
    encoder.copyBufferToTexture(whole, { texture }, [TEXTURE_ROW, rows]);
  }
  if (rest > 0) {
    const last = { buffer, offset: rows * bytesPerRow, bytesPerRow, rowsPerImage: 1 };
    encoder.copyBufferToTexture(last, { texture, origin: [0, rows] }, [rest, 1]);
  }
}
