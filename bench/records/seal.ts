/** The seal of a JSON file, a hash of its content: one flipped digit is found when the file is read. */
import { canonicalJson } from "../../common/canonical_json.ts";
import type { JsonFields } from "../../common/is_object.ts";
import { sha256Hex } from "../../common/sha256.ts";

/** Content with its seal. */
export type Sealed<T> = T & {
  /** SHA-256 of the canonical JSON of all other fields. */
  readonly sha256: string;
};

/**
 * Adds the seal.
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
  return { ...content, sha256: sha256Hex(canonicalJson(content)) };
}

/** Parsed JSON without its seal. */
export interface Unsealed {
  readonly content: JsonFields;
  /** Whether there is a seal. */
  readonly sealed: boolean;
  /** The reason why the content differs, or must differ, from the sealed one; null if there is no fault. */
  readonly fault: string | null;
}

/** Takes the seal off and compares it with the content. */
export function takeSeal({ sha256, ...content }: JsonFields): Unsealed {
  const sealed = sha256 !== undefined;
  try {
    const hash = sha256Hex(canonicalJson(content)); // without a seal too: all numbers must be finite
    const fault = !sealed || sha256 === hash
      ? null
      : "its content has another sha256 than the one that was written, it was damaged or edited";
    return { content, sealed, fault };
  } catch (error) {
    // Numbers such as 1e999 are infinite; deeply nested lists overflow the stack.
    if (!(error instanceof RangeError)) throw error;
    return { content, sealed, fault: error.message };
  }
}
