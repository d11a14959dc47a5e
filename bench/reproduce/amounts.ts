import type { Amount } from "../../settings/amount.ts";

/**
 * Undoes `plainNumbers`: every number whose key has a label (`eps`, `epsLabel`) becomes an amount
 * again.
 */
export function amountsOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(amountsOf);
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Record<string, unknown>;
  const isLabel = (key: string) => key.endsWith("Label") && typeof fields[key.slice(0, -5)] === "number";
  return Object.fromEntries(
    Object.entries(fields).filter(([key]) => !isLabel(key)).map(([key, item]) => {
      const label = fields[`${key}Label`];
      if (typeof item === "number" && typeof label === "string") {
        return [key, { value: item, label } satisfies Amount];
      }
      return [key, amountsOf(item)];
    }),
  );
}
