import { OptionFault, type OptionType } from "../../../common/command_line/mod.ts";
import { UsageError } from "../../../common/usage_error.ts";
import type { HistoryLine } from "../../records/history_line.ts";

/** Which lines stay. */
export interface Keep {
  /** How many of the newest of each kind, preset and machine to keep, from 1. Default: all. */
  readonly last?: number | null;
  /** Those measured since then, ISO 8601. Default: all. */
  readonly since?: string | null;
}

/** What `--prune` says: `last=20`, `since=2026-01-31`, or both with a comma between. */
export const KEEP: OptionType<Keep> = {
  description: "last=N, since=DATE, or both with a comma between",
  read(text) {
    const hint = "write last=20,since=2026-01-31";
    let last: number | null = null, since: string | null = null;
    for (const part of text.split(",")) {
      const [key, value = ""] = part.split("=");
      if ((key === "last" && last !== null) || (key === "since" && since !== null)) {
        throw new OptionFault(`${key} is given twice`, hint);
      }
      if (key === "last" && /^[1-9]\d{0,8}$/.test(value)) last = Number(value);
      else if (key === "since" && /^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(Date.parse(value))) {
        since = new Date(value).toISOString();
      } else throw new OptionFault(`must be last=NUMBER or since=DATE, not ${part || "empty"}`, hint);
    }
    return { last, since };
  },
  check() {},
  write: ({ last, since }) => [...last ? [`last=${last}`] : [], ...since ? [`since=${since}`] : []].join(","),
};

/**
 * The lines that stay, in their order.
 *
 * @throws {UsageError} If `last` is no whole number from 1, or `since` no time.
 */
export function prune(
  entries: readonly HistoryLine[],
  { last = null, since = null }: Keep,
): HistoryLine[] {
  if (last !== null && !(Number.isInteger(last) && last > 0)) {
    throw new UsageError(`Cannot prune history: last must be a whole number from 1, given ${last}`);
  }
  if (since !== null && Number.isNaN(Date.parse(since))) {
    throw new UsageError(`Cannot prune history: since must be a time, given ${since}`);
  }
  const recent = entries.filter(({ startedAt }) =>
    since === null || Date.parse(startedAt) >= Date.parse(since)
  );
  if (last === null) return recent;
  const groups = Map.groupBy(recent, ({ kind, preset, machine }) => JSON.stringify([kind, preset, machine]));
  const kept = new Set([...groups.values()].flatMap((group) => group.slice(-last)));
  return recent.filter((entry) => kept.has(entry));
}
