import type { Nullable, Option } from "./option.ts";

/**
 * The command that does what typed options ask for, for records. Values that have no text, such as functions, are not
 * options and are left out.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatCommand } from "./format_command.ts";
 * import { flag, option } from "./option.ts";
 * import { list, text } from "./option_types.ts";
 * const table = [
 *   option({ name: "attacks", value: "LIST", type: list(text(), { of: "attacks" }), help: "which" }),
 *   flag({ name: "save-images", help: "keep them" }),
 * ] as const;
 * const options = { attacks: ["square", "fab-t"], saveImages: true };
 * assertEquals(formatCommand("deno task x", { table, options }), "deno task x --attacks=square,fab-t --save-images");
 * ```
 */
export function formatCommand<const T extends readonly Option[]>(
  command: string,
  { table, options }: { table: T; options: Nullable<T> },
): string {
  const values = options as Readonly<Record<string, unknown>>;
  const args = table.flatMap((one) => {
    const value = values[one.property] ?? null;
    if (value === null || value === false) return [];
    if (one.type === null) return [`--${one.name}`];
    const text = one.type.write(value);
    return text === "" ? [] : [`--${one.name}=${text}`];
  });
  return [command, ...args].join(" ");
}
