/** The one SHA-256. */
import { createHash } from "node:crypto";

/** A hash of data that arrives in pieces. */
export interface Sha256 {
  /** Adds bytes, or a text in UTF-8. */
  update(piece: Uint8Array | string): Sha256;
  /** The hash in hexadecimal; nothing can be added after it. */
  hex(): string;
}

/** Begins a SHA-256. */
export function sha256(): Sha256 {
  const hash = createHash("sha256");
  const result: Sha256 = {
    update: (piece) => {
      hash.update(piece);
      return result;
    },
    hex: () => hash.digest("hex"),
  };
  return result;
}

/** SHA-256 of bytes or of a text in UTF-8, in hexadecimal. */
export function sha256Hex(content: Uint8Array | string): string {
  return sha256().update(content).hex();
}
