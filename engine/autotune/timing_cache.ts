/** Timings of variants on disk: one file for each adapter and read path, with the hash of its content. */

import { dirname, join } from "node:path";
import { writeFileAtomic } from "../../common/atomic_file.ts";
import { isObject } from "../../common/is_object.ts";
import { sha256Hex } from "../../common/sha256.ts";
import type { VariantTimes } from "./variant_policy.ts";

type Times = Record<string, Readonly<Record<string, number>>>;

/** Timings that are read from a file once and written by {@linkcode TimingCache.save}. */
export class TimingCache implements VariantTimes {
  readonly #path: string;
  readonly #times: Times;
  #changed = false;

  private constructor(path: string, times: Times) {
    this.#path = path;
    this.#times = times;
  }

  /** Opens a file; a missing, damaged or unreadable one counts as empty, since variants can be timed again. */
  static async open(path: string): Promise<TimingCache> {
    return new TimingCache(path, await readTimes(path));
  }

  /** Milliseconds by variant; undefined if not timed. */
  get(key: string): Readonly<Record<string, number>> | undefined {
    return Object.hasOwn(this.#times, key) ? this.#times[key] : undefined;
  }

  /** Keeps the milliseconds by variant. */
  set(key: string, times: Readonly<Record<string, number>>): void {
    this.#times[key] = times;
    this.#changed = true;
  }

  /**
   * Writes new timings, and keeps those that another process has written meanwhile.
   *
   * @throws {Error} If the file cannot be written.
   */
  async save(): Promise<void> {
    if (!this.#changed) return;
    await Deno.mkdir(dirname(this.#path), { recursive: true });
    const all = { ...await readTimes(this.#path), ...this.#times };
    const content = { sha256: hashOf(all), times: all };
    await writeFileAtomic(this.#path, JSON.stringify(content, null, 1) + "\n");
    this.#changed = false;
  }
}

/** Characters of the machine's part of a file name. File systems take 255, with all around it. */
const MAX_NAME_LENGTH = 150;

/**
 * The file for an adapter: in `$XDG_CACHE_HOME/realfeatures`, or in `~/.cache/realfeatures`.
 *
 * @param machine What timings depend on: adapter, driver, read path.
 */
export function timingCachePath(
  machine: readonly string[],
  env: (name: string) => string | undefined,
): string {
  const home = env("XDG_CACHE_HOME") || join(env("HOME") || env("USERPROFILE") || ".", ".cache");
  const name = machine.join(" ").toLowerCase().replaceAll(/[^a-z0-9.]+/g, "-").slice(-MAX_NAME_LENGTH)
    .replaceAll(
      /^-|-$/g,
      "",
    );
  return join(home, "realfeatures", `autotune-${name || "unknown"}.json`);
}

async function readTimes(path: string): Promise<Times> {
  try {
    const { sha256, times } = JSON.parse(await Deno.readTextFile(path));
    return isTimes(times) && sha256 === hashOf(times) ? times : {};
  } catch {
    return {};
  }
}

function hashOf(times: Times): string {
  return sha256Hex(JSON.stringify(times));
}

function isTimes(value: unknown): value is Times {
  return isObject(value) &&
    Object.values(value).every((times) =>
      isObject(times) && Object.values(times).every((ms) => typeof ms === "number" && ms >= 0)
    );
}
