import { UsageError } from "../../../common/usage_error.ts";
import type { HistoryEntry } from "../../records/history_line.ts";

/** Which lines to keep. */
export interface Keep {
  /** The number of newest lines of each kind, preset and machine, from 1. Default: all. */
  readonly last?: number | null;
  /** Lines measured since then, ISO 8601. Default: all. */
  readonly since?: string | null;
}

/**
 * Reads `--prune`: `last=20`, `since=2026-01-31`, or both with a comma between.
 *
 * @throws {UsageError} If the text is anything else.
 */
export function parseKeep(text: string): Keep {
  let last: number | null = null, since: string | null = null;
  for (const part of text.split(",")) {
    const [key, value = ""] = part.split("=");
    if ((key === "last" && last !== null) || (key === "since" && since !== null)) {
      throw new UsageError(`Cannot read --prune: ${key} is given twice, given ${text}`);
    }
    if (key === "last" && /^[1-9]\d{0,8}$/.test(value)) last = Number(value);
    else if (key === "since" && /^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(Date.parse(value))) {
      since = new Date(value).toISOString();
    } else {
      throw new UsageError(
        `Cannot read --prune: expected last=NUMBER or since=DATE, given ${part}\nHint: --prune last=20,since=2026-01-31`,
      );
    }
  }
  return { last, since };
}

/**
 * The lines to keep, in their order.
 *
 * @throws {UsageError} If `last` is no whole number from 1, or `since` no time.
 */
export function prune(
  entries: readonly HistoryEntry[],
  { last = null, since = null }: Keep,
): HistoryEntry[] {
  if (last !== null && !(Number.isInteger(last) && last > 0)) {
    throw new UsageError(`Cannot prune history: last must be a whole number from 1, given ${last}`);
  }
  if (since !== null && Number.isNaN(Date.parse(since))) {
    throw new UsageError(`Cannot prune history: since must be a time, given ${since}`);
  }
  const recent = entries.filter(({ time }) => since === null || Date.parse(time) >= Date.parse(since));
  if (last === null) return recent;
  const groups = Map.groupBy(recent, ({ kind, preset, machine }) => JSON.stringify([kind, preset, machine]));
  const kept = new Set([...groups.values()].flatMap((group) => group.slice(-last)));
  return recent.filter((entry) => kept.has(entry));
}
