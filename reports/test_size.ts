import { isObject } from "../common/is_object.ts";

/** Images of the test set that a record was measured on, by its config; null where that does not say. */
export function testSizeOf(config: Readonly<Record<string, unknown>>): number | null {
  const size = isObject(config.dataset) ? config.dataset.testSize : null;
  return typeof size === "number" && Number.isInteger(size) && size > 0 ? size : null;
}
