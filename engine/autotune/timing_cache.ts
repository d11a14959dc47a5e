/** Timings of choices on disk: one file for each adapter and kernel family, with the hash of its content. */

import { dirname, join } from "node:path";
import { writeFileAtomic } from "../atomic_file.ts";
import type { ChoiceTimes } from "./variant_policy.ts";
import { sha256Hex } from "../sha256.ts";

type Times = Record<string, Readonly<Record<string, number>>>;

/** Timings that are read from a file once and written by {@linkcode ChoiceCache.save}. */
export class ChoiceCache implements ChoiceTimes {
  readonly #path: string;
  readonly #times: Times;
  #changed = false;

  private constructor(path: string, times: Times) {
    this.#path = path;
    this.#times = times;
  }

  /** Opens a file; one that is missing, damaged or closed to us counts as empty: timings can be taken again. */
  static async open(path: string): Promise<ChoiceCache> {
    return new ChoiceCache(path, await readTimes(path));
  }

  /** Milliseconds by candidate, or undefined if they have not been taken. */
  get(key: string): Readonly<Record<string, number>> | undefined {
    return Object.hasOwn(this.#times, key) ? this.#times[key] : undefined;
  }

  /** Keeps the milliseconds by candidate. */
  set(key: string, times: Readonly<Record<string, number>>): void {
    this.#times[key] = times;
    this.#changed = true;
  }

  /**
   * Writes new timings, beside what another process has written meanwhile.
   *
   * @throws {Error} If the file cannot be written.
   */
  async save(): Promise<void> {
    if (!this.#changed) return;
    await Deno.mkdir(dirname(this.#path), { recursive: true });
    const all = { ...await readTimes(this.#path), ...this.#times };
    const content = { sha256: await hashOf(all), times: all };
    await writeFileAtomic(this.#path, JSON.stringify(content, null, 1) + "\n");
    this.#changed = false;
  }
}

/** Of the part of a file's name that says the machine. File systems take 255 characters with all that stands around it. */
const LONGEST = 150;

/**
 * The file for an adapter: in `$XDG_CACHE_HOME/realfeatures`, or in `~/.cache/realfeatures`.
 *
 * @param machine What timings depend on: adapter, driver, kernel family.
 */
export function choiceCachePath(
  machine: readonly string[],
  env: (name: string) => string | undefined,
): string {
  const home = env("XDG_CACHE_HOME") || join(env("HOME") || env("USERPROFILE") || ".", ".cache");
  const name = machine.join(" ").toLowerCase().replaceAll(/[^a-z0-9.]+/g, "-").slice(-LONGEST).replaceAll(
    /^-|-$/g,
    "",
  );
  return join(home, "realfeatures", `choices-${name || "unknown"}.json`);
}

async function readTimes(path: string): Promise<Times> {
  try {
    const { sha256, times } = JSON.parse(await Deno.readTextFile(path));
    return isTimes(times) && sha256 === await hashOf(times) ? times : {};
  } catch {
    return {};
  }
}

async function hashOf(times: Times): Promise<string> {
  return await sha256Hex(JSON.stringify(times));
}

function isTimes(value: unknown): value is Times {
  return isObject(value) &&
    Object.values(value).every((times) =>
      isObject(times) && Object.values(times).every((ms) => typeof ms === "number" && ms >= 0)
    );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
