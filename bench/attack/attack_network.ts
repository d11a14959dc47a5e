import { autoAttack } from "../../attacks/autoattack/mod.ts";
import type { AttackName, Version } from "../../attacks/autoattack/types.ts";
import type { Backend } from "../../engine/device/backend.ts";
import type { ResnetArch } from "../../engine/nn/resnet.ts";
import type { Variants } from "../adapter/variants_option.ts";
import type { CellProgress } from "../plan/cell.ts";
import { type Progress, SILENT } from "../run/progress.ts";
import { formatCommand } from "../../common/command_line/mod.ts";
import { attackIn, defaultFolder } from "./attack_in.ts";
import { type OpenAttackDevice, openAttackDevice } from "./device.ts";
import { ATTACK_OPTIONS, completeAttackOptions } from "./options.ts";
import type { AttackRecord } from "../records/attack_record.ts";

/** What {@linkcode attackNetwork} evaluates; defaults are those of `deno task bench attack`. */
export interface AttackNetworkOptions {
  /** File of weights under PyTorch's names, as safetensors. */
  readonly weights: string;
  /** Widths and classes are read from the weights. */
  readonly arch: ResnetArch;
  /** Folder of CIFAR-10's binary version, or a run folder of planted data. */
  readonly data: string;
  /** Of the threat model. */
  readonly norm: "Linf" | "L2";
  /** Radius, pixels from 0 to 1: a number, or as the command reads it, "8/255" or "8px". */
  readonly eps: number | string;
  /** Default: "standard". */
  readonly version?: Version;
  /** Default: those of the version. */
  readonly attacks?: readonly AttackName[];
  /** How many test images, from the first on. Default: 1000. */
  readonly n?: number;
  /** Images attacked at once; changes no result. Default: 128. */
  readonly batchSize?: number;
  /** Of all random numbers. Default: 0. */
  readonly seed?: number;
  /** Of APGD and FAB. Default: 100. */
  readonly iterations?: number;
  /** Of Square. Default: 5000. */
  readonly queries?: number;
  /** Per channel: the network was trained on (pixel - mean) / std. Default: 0. */
  readonly mean?: readonly number[];
  /** See `mean`. Default: 1. */
  readonly std?: readonly number[];
  /** Evaluates once more with APGD at the radius that the paper's reference code really used. Default: false. */
  readonly referenceRadius?: boolean;
  /** Keeps the constants of the official code, see `AutoAttackOptions`. Default: false. */
  readonly officialConstants?: boolean;
  /** Where state, record and outcomes go. Default: `runs/attack-WEIGHTS-TIME`. */
  readonly outDir?: string;
  /** Continues the stopped evaluation in `outDir`; starts it where there is none. Default: false. */
  readonly resume?: boolean;
  /** Keeps the adversarial images too. Default: false. */
  readonly saveImages?: boolean;
  /** How to choose among an operation's variants. Default: timed on hardware, else the fixed table. */
  readonly variants?: Variants;
  /** What computes. Default: the system's own backend, never OpenGL. */
  readonly backend?: Backend;
  /** For the record. Default: the command that does the same. */
  readonly command?: string;
  /** Told how far the running attack is. */
  readonly onProgress?: (progress: CellProgress) => void;
  /** Receives notes and warnings. */
  readonly note?: (text: string) => void;
  /** Abort it to save the state and stop; then the promise rejects with its reason, and `resume` continues. */
  readonly signal?: AbortSignal;
}

/** What {@linkcode attackNetwork} leaves. */
export interface AttackedNetwork {
  /** The folder. */
  readonly outDir: string;
  /** Its record; paths in it are relative to the folder. `checks` say whether it can be trusted. */
  readonly record: AttackRecord;
}

/**
 * Measures clean and robust accuracy of a network from a file, by AutoAttack: `deno task bench attack`. For a model that is
 * a function see `autoAttack`.
 *
 * @throws {UsageError} If an option is wrong, weights or images do not fit or cannot
 * be read, or the folder holds another evaluation; nothing is changed then.
 * @throws {NoAdapterError} If no adapter answers.
 *
 * @example
 * ```ts
 * import { assert, assertStringIncludes } from "@std/assert";
 * import { hasGpu } from "../../engine/mod.ts";
 * import { attackNetwork } from "./attack_network.ts";
 * import { writeInputs } from "./testing.ts";
 *
 * if (await hasGpu()) {
 *   const dir = await Deno.makeTempDir();
 *   await writeInputs(dir); // net.safetensors, and a run folder of planted data
 *   const { record } = await attackNetwork({
 *     weights: `${dir}/net.safetensors`,
 *     arch: "resnet8",
 *     data: `${dir}/run`,
 *     norm: "Linf",
 *     eps: "8/255",
 *     attacks: ["apgd-ce"],
 *     iterations: 2,
 *     n: 4,
 *     outDir: `${dir}/out`,
 *   });
 *   assertStringIncludes(record.command, "deno task bench attack --weights=");
 *   assert(record.asked.robustAccuracy <= record.asked.cleanAccuracy);
 *   await Deno.remove(dir, { recursive: true });
 * }
 * ```
 */
export async function attackNetwork(
  options: AttackNetworkOptions,
  { openDevice = openAttackDevice(autoAttack), progress }: AttackNetworkServices = {},
): Promise<AttackedNetwork> {
  const { note = () => {}, onProgress = () => {}, signal = new AbortController().signal } = options;
  const complete = completeAttackOptions(options);
  const outDir = complete.outDir ?? defaultFolder(complete.weights);
  const command = options.command ??
    formatCommand("deno task bench attack", { table: ATTACK_OPTIONS, options: { ...options, outDir } });
  const record = await attackIn(outDir, complete, {
    openDevice,
    command,
    progress: progress ?? { ...SILENT, update: (progress) => onProgress(progress), note },
    note,
    signal,
  });
  return { outDir, record };
}

/** What the function needs from outside; the command shows more, tests pass their own. */
export interface AttackNetworkServices {
  /** Opens the device and attacks. Default: this engine, by AutoAttack. */
  readonly openDevice?: OpenAttackDevice;
  /** Default: `onProgress` and `note`. */
  readonly progress?: Progress;
}
