/** A hash of itself in a JSON file, so that one flipped digit is found when it is read back. */
import { canonicalJson } from "../../common/canonical_json.ts";
import { sha256Hex } from "../../common/sha256.ts";
import type { Fields } from "../../common/is_object.ts";

/** Content with the hash of itself. */
export type Sealed<T> = T & {
  /** SHA-256 of the canonical JSON of all other fields. */
  readonly sha256: string;
};

/**
 * Adds the hash of the content.
 *
 * @throws {RangeError} If a number is not finite.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { sealed, takeSeal } from "./seal.ts";
 * const { sha256, ...content } = sealed({ accuracy: 0.5 });
 * assertEquals(takeSeal({ sha256, ...content }), { content, sealed: true, fault: null });
 * assertEquals(typeof takeSeal({ sha256, accuracy: 0.7 }).fault, "string");
 * ```
 */
export function sealed<T extends object>(content: T): Sealed<T> {
  return { ...content, sha256: hashOf(content) };
}

/** Parsed JSON without the hash of itself. */
export interface Unsealed {
  readonly content: Fields;
  /** Whether there is a hash; files of earlier versions have none. */
  readonly sealed: boolean;
  /** Why the content is not the one that was written; null if it is, or nothing tells. */
  readonly fault: string | null;
}

/** Takes the hash off and compares it. */
export function takeSeal({ sha256, ...content }: Fields): Unsealed {
  const sealed = sha256 !== undefined;
  try {
    const hash = hashOf(content); // also of what has none: all of its numbers must be finite
    const fault = !sealed || sha256 === hash
      ? null
      : "its content has another sha256 than the one that was written, it was damaged or edited";
    return { content, sealed, fault };
  } catch (error) {
    // Numbers such as 1e999 are infinite; a stack of lists overflows ours.
    if (!(error instanceof RangeError)) throw error;
    return { content, sealed, fault: error.message };
  }
}

function hashOf(content: object): string {
  return sha256Hex(canonicalJson(content));
}
