/** Cold and warm start: how long until the first training step is done, in processes of their own. */

import type { Backend } from "../../engine/device/backend.ts";
import { CHILD_PERMISSIONS } from "../adapter/child_permissions.ts";
import type { StartTime, StartTimes } from "../records/perf_record.ts";
import type { ChildTimes } from "./start_child.ts";
import { GOAL, networkName } from "./training.ts";

/** How often to start. */
export interface StartOptions {
  /** Starts of each kind. */
  readonly starts: number;
  /** Null for the system's own. */
  readonly backend?: Backend | null;
  readonly signal: AbortSignal;
  /** Default: {@linkcode startOnce}. */
  readonly start?: typeof startOnce;
}

/** Variables that tell drivers where to keep compiled shaders: Mesa's, and NVIDIA's. */
const CACHE_VARIABLES = ["MESA_SHADER_CACHE_DIR", "__GL_SHADER_DISK_CACHE_PATH"];

/**
 * Starts the training of the goal network with an empty shader cache and then twice with the cache so filled, several
 * times: the first start may leave shaders out of the cache (Mesa 22.3's llvmpipe left out two of 93, which take 0.65 s),
 * the second one adds them.
 * Drivers that keep their cache elsewhere start warm both times.
 */
export async function measureStarts(
  { starts, backend = null, signal, start = startOnce }: StartOptions,
): Promise<StartTimes> {
  const cold: StartTime[] = [], second: StartTime[] = [], warm: StartTime[] = [];
  for (let i = 0; i < starts; i++) {
    const cacheDir = await Deno.makeTempDir({ prefix: "realfeatures-shaders-" });
    try {
      for (const times of [cold, second, warm]) {
        signal.throwIfAborted();
        times.push(await start(cacheDir, { backend, signal }));
      }
    } finally {
      await Deno.remove(cacheDir, { recursive: true });
    }
  }
  return { network: networkName(GOAL), cold, second, warm };
}

/**
 * Starts one process that opens the device and trains two steps.
 *
 * @throws {Error} If it fails; the message holds its output.
 */
export async function startOnce(
  cacheDir: string,
  { backend = null, signal }: Pick<StartOptions, "backend" | "signal">,
): Promise<StartTime> {
  const script = new URL("start_child.ts", import.meta.url);
  const env = Object.fromEntries(CACHE_VARIABLES.map((name) => [name, cacheDir]));
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", ...CHILD_PERMISSIONS, "--no-check", script.href, ...(backend === null ? [] : [backend])],
    env,
    signal,
  });
  const startedAt = Date.now();
  const { success, stdout, stderr } = await command.output();
  signal.throwIfAborted();
  const decoder = new TextDecoder();
  if (!success) {
    throw new Error(`Cannot measure a start: the process failed, ${decoder.decode(stderr).trim()}`);
  }
  const child: ChildTimes = JSON.parse(decoder.decode(stdout));
  const { importedAt, dataMs, openMs, compileMs, stepMs, nextStepMs } = child;
  return {
    loadMs: importedAt - startedAt,
    dataMs,
    openMs,
    compileMs,
    stepMs,
    nextStepMs,
    totalMs: openMs + compileMs + stepMs,
  };
}
