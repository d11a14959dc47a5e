/** `--choices`: who picks among an operation's ways of computing, and the device that is opened with it. */
import type { Backend } from "../../engine/device/backend.ts";
import { TimingCache, timingCachePath } from "../../engine/autotune/timing_cache.ts";
import {
  autotuned,
  firstVariant,
  pinnedVariants,
  type VariantPolicy,
} from "../../engine/autotune/variant_policy.ts";
import { type Gpu, openGpu } from "../../engine/device/device.ts";
import { driverText } from "./driver.ts";
import { adapterIdentity } from "./surroundings.ts";
import { choiceNames, CHOOSING_OPS } from "./known_choices.ts";
import { suggest } from "../../common/nearest.ts";
import { UsageError } from "../../common/usage_error.ts";

/** What `--choices` says. */
export interface Choices {
  /**
   * `fixed`: the best guess. `timed`: what is fastest here; timings are kept from run to run. `auto`: timed on hardware,
   * fixed on a software adapter, where the guesses were made by timing and shaders take long to compile.
   */
  readonly rule: "auto" | "fixed" | "timed";
  /** Ways that are taken wherever a shape offers them, by operation. */
  readonly pins: Readonly<Record<string, string>>;
}

/** The option's help, for the commands that have it. */
export const CHOICES_OPTION = {
  name: "choices",
  value: "fixed|timed|OP=NAME,...",
  help:
    "ways of computing an operation, all of the same bits [timed on hardware; fixed on a software adapter, or where CI is set]",
} as const;

/** Environment variables by name. */
export type Env = (name: string) => string | undefined;

/**
 * Reads the option: `fixed`, `timed`, pins such as `conv2d=2x4x8`, or both with commas between them.
 *
 * @param text As typed; null where the option is absent.
 * @throws {UsageError} If an operation has no choices or no choice of that name, or a rule or a pin is given twice.
 */
export function parseChoices(text: string | null, env: Env = Deno.env.get): Choices {
  let rule: Choices["rule"] | null = null;
  const pins: Record<string, string> = {};
  const refuse = (reason: string) => new UsageError(`Cannot read --choices: ${reason}, given ${text}`);
  for (const word of text?.split(",") ?? []) {
    if (word === "fixed" || word === "timed") {
      if (rule !== null) throw refuse("one of fixed and timed is enough");
      rule = word;
      continue;
    }
    const [, op, name] = /^([^=]+)=(.+)$/.exec(word) ?? [];
    if (op === undefined) throw refuse(`"${word}" is neither fixed, timed nor OP=NAME`);
    const ops = CHOOSING_OPS.map(({ name }) => name);
    if (!ops.includes(op)) throw refuse(`unknown operation ${op}, ${suggest(op, ops)}`);
    const names = choiceNames(op);
    if (!names.includes(name)) throw refuse(`${op} has no choice ${name}, ${suggest(name, names)}`);
    if (Object.hasOwn(pins, op)) throw refuse(`${op} is pinned twice`);
    pins[op] = name;
  }
  return { rule: rule ?? (env("CI") ? "fixed" : "auto"), pins };
}

/** A device that chooses as it was told. */
export interface BenchGpu {
  readonly gpu: Gpu;
  /** Keeps new timings for later runs; where they cannot be written, says so once. */
  saveTimings(): Promise<void>;
}

/**
 * Opens the device. Timings lie in a file for this adapter, backend, class of drivers and read path, see {@linkcode timingCachePath}.
 *
 * @param options.backend Null for the system's own.
 * @param options.note Told of a file that cannot be written.
 * @throws {NoAdapterError} If no adapter answers.
 */
export async function openBenchGpu(
  { rule, pins }: Choices,
  { backend = null, note, env = Deno.env.get }: {
    backend?: Backend | null;
    note: (text: string) => void;
    env?: Env;
  },
): Promise<BenchGpu> {
  let policy: VariantPolicy = firstVariant; // until the adapter is known, and with it the file
  const gpu = await openGpu({ backend, variantPolicy: (request) => policy(request) });
  if (rule === "fixed" || (rule === "auto" && gpu.info.isFallback)) {
    policy = pinnedVariants(pins);
    return { gpu, saveTimings: () => Promise.resolve() };
  }
  const { vendor, architecture, device } = gpu.info;
  const identity = adapterIdentity({ adapter: gpu.info, driver: driverText(gpu.info) });
  const path = timingCachePath([vendor, architecture, device, identity, gpu.readPath], env);
  const cache = await TimingCache.open(path);
  policy = pinnedVariants(pins, autotuned(cache));
  let told = false;
  return {
    gpu,
    async saveTimings() {
      try {
        await cache.save();
      } catch (error) {
        if (!told) note(`Timings of kernels are not kept: ${error instanceof Error ? error.message : error}`);
        told = true;
      }
    },
  };
}

/** What programs have chosen since the device's record was last cleared, in the order of the names. */
export function chosenBy(gpu: Gpu): Record<string, string> {
  return Object.fromEntries([...gpu.chosenVariants].sort(([a], [b]) => a < b ? -1 : 1));
}
