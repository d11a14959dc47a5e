import { canonicalJson } from "../../common/canonical_json.ts";
import { isObject } from "../../common/is_object.ts";

/**
 * What differs between two plain values: a line for each field, with its path, what was found and what was expected.
 *
 * @param path Of the values themselves, before the names of their fields; "" for none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { differences } from "./differences.ts";
 * assertEquals(differences("", { found: { a: { b: 1 } }, expected: { a: { b: 2 } } }), ["a.b: found 1, expected 2"]);
 * ```
 */
export function differences(
  path: string,
  { found, expected }: { found: unknown; expected: unknown },
): string[] {
  if (isObject(found) && isObject(expected)) {
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
    return keys.flatMap((key) =>
      differences(path === "" ? key : `${path}.${key}`, { found: found[key], expected: expected[key] })
    );
  }
  if (canonicalJson(found) === canonicalJson(expected)) return [];
  return [`${path}: found ${show(found)}, expected ${show(expected)}`];
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
