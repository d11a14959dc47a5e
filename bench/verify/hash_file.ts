import { sha256 } from "../../common/sha256.ts";

/** What a file came to. */
export interface HashedFile {
  /** In hexadecimal. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Bytes that are read at once. */
const CHUNK = 1 << 20;

/**
 * SHA-256 of a file of any size, read piece by piece.
 *
 * @throws {Error} If it cannot be read.
 */
export async function hashFile(path: string): Promise<HashedFile> {
  using file = await Deno.open(path);
  const hash = sha256(), chunk = new Uint8Array(CHUNK);
  let sizeBytes = 0;
  for (let count = await file.read(chunk); count !== null; count = await file.read(chunk)) {
    hash.update(chunk.subarray(0, count));
    sizeBytes += count;
  }
  return { sha256: hash.hex(), sizeBytes };
}
