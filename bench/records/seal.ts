/** A hash of itself in a JSON file, so that one flipped digit is found when it is read back. */
import { createHash } from "node:crypto";
import { canonicalJson } from "./canonical_json.ts";
import type { Fields } from "./field_rules.ts";

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
 * assertEquals(takeSeal({ sha256, ...content }), { content, seal: "whole" });
 * assertEquals(takeSeal({ sha256, accuracy: 0.7 }).seal, "broken");
 * ```
 */
export function sealed<T extends object>(content: T): Sealed<T> {
  return { ...content, sha256: hashOf(content) };
}

/**
 * Takes the hash off, and says whether it is that of the content; "absent" in files of earlier versions.
 *
 * @throws {RangeError} If a number is not finite.
 */
export function takeSeal({ sha256, ...content }: Fields): {
  readonly content: Fields;
  readonly seal: "whole" | "broken" | "absent";
} {
  const hash = hashOf(content);
  return { content, seal: sha256 === undefined ? "absent" : sha256 === hash ? "whole" : "broken" };
}

function hashOf(content: object): string {
  return createHash("sha256").update(canonicalJson(content)).digest("hex");
}
