/**
 * The language of settings: fields with type, unit, range, default and help; reading a mapping of them, with the line of
 * each mistake; and listing them.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { type Fields, SectionReader } from "./mod.ts";
 *
 * const FIELDS: Fields<{ steps: number }> = {
 *   steps: { kind: "integer", min: 1, default: 10, unit: "1", help: "gradient steps" },
 * };
 * const reader = (text: string, raw: unknown) => new SectionReader(raw, { text, source: "mine.yaml" });
 * assertEquals(reader("", {}).fields(FIELDS), { steps: 10 });
 * const error = assertThrows(() => reader("steps: 0\n", { steps: 0 }).fields(FIELDS));
 * assertEquals(
 *   (error as Error).message,
 *   "Cannot read preset mine.yaml, line 1: steps must be an integer of at least 1, given the number 0",
 * );
 * ```
 *
 * @module
 */
export * from "./amount.ts";
export * from "./field.ts";
export * from "./read_field.ts";
export * from "./section_reader.ts";
