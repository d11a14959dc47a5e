import { UsageError } from "../usage_error.ts";
import type { Complete, Nullable, Option } from "./option.ts";
import { asUsageError } from "./option_fault.ts";

/**
 * The options that a program gives to a function: checked, and with the defaults of its command. Mistakes are reported by
 * the names of properties.
 *
 * @throws {UsageError} If a value is out of range, a required one absent, or one lacks another that it needs.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { completeOptions } from "./complete_options.ts";
 * import { flag, option } from "./option.ts";
 * import { whole } from "./option_types.ts";
 * const table = [
 *   option({ name: "rounds", value: "N", type: whole({ min: 1, max: 9 }), default: 5, help: "how often" }),
 *   flag({ name: "save-images", help: "keep them" }),
 * ] as const;
 * assertEquals(completeOptions({}, table), { rounds: 5, saveImages: false });
 * assertThrows(() => completeOptions({ rounds: 0 }, table), Error, "Cannot read option rounds: must be ");
 * ```
 */
export function completeOptions<const T extends readonly Option[]>(
  given: Nullable<T>,
  table: T,
): Complete<T> {
  const values = given as Readonly<Record<string, unknown>>;
  const complete: Record<string, unknown> = {};
  for (const one of table) {
    const value = values[one.property] ?? null;
    if (one.type === null) complete[one.property] = value === true;
    else if (value === null) {
      if (one.required) throw new UsageError(`Cannot do without option ${one.property}: it is missing`);
      complete[one.property] = one.default ?? null;
    } else {
      try {
        one.type.check(value);
      } catch (error) {
        throw asUsageError(error, { option: `option ${one.property}`, given: one.type.write(value) });
      }
      complete[one.property] = value;
    }
  }
  checkNeeds(complete, { table, spell: ({ property }) => `option ${property}` });
  return complete as Complete<T>;
}

/** @throws {UsageError} If an option is there without another one that it needs. */
export function checkNeeds(
  options: Readonly<Record<string, unknown>>,
  { table, spell }: { table: readonly Option[]; spell: (one: Option) => string },
): void {
  const isThere = (property: string) => ![undefined, null, false].includes(options[property] as null);
  for (const one of table) {
    if (one.needs === undefined || !isThere(one.property) || isThere(one.needs)) continue;
    const needed = table.find(({ property }) => property === one.needs)!;
    const value = needed.type === null ? "" : ` ${needed.value}`;
    throw new UsageError(
      `Cannot read ${spell(one)}: it needs ${spell(needed)}, which is missing\nHint: add ${
        spell(needed)
      }${value}`,
    );
  }
}
