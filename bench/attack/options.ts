/** The words after `bench attack`. */

import { type AttackName, ATTACKS, type Version, VERSIONS } from "../../attacks/autoattack/types.ts";
import type { Backend } from "../../engine/device/backend.ts";
import { normalisationProblem } from "../../engine/nn/normalisation.ts";
import { RESNET_ARCHS, type ResnetArch } from "../../engine/nn/resnet.ts";
import type { Amount } from "../../settings/amount.ts";
import { BACKEND_OPTION, parseBackend } from "../adapter/backend_option.ts";
import { type Choices, CHOICES_OPTION, parseChoices } from "../adapter/choices_option.ts";
import { suggest } from "../../common/nearest.ts";
import { type Option, parseOptions } from "../terminal/options.ts";
import { UsageError } from "../../common/usage_error.ts";
import { VECTOR_WIDTH_OPTION } from "../adapter/vector_width.ts";
import { parseEps } from "./eps.ts";

/** How the command is called in messages. */
export const ATTACK_COMMAND = "deno task bench attack";

/** The norms, by the names that they have here. */
export const NORMS = ["Linf", "L2"] as const;

/** Options of `bench attack`. */
export const ATTACK_OPTIONS = [
  { name: "weights", value: "FILE", help: "weights under PyTorch's names, as safetensors (needed)" },
  {
    name: "arch",
    value: "NAME",
    help: `${RESNET_ARCHS.join(", ")}; widths and classes are read from the weights (needed)`,
  },
  {
    name: "data",
    value: "DIR",
    help: "folder of CIFAR-10's binary version, or a run folder of planted data (needed)",
  },
  { name: "norm", value: "NAME", help: `${NORMS.join(" or ")} (needed)` },
  { name: "eps", value: "RADIUS", help: "8/255, 0.03137 or 8px: pixels go from 0 to 1 (needed)" },
  { name: "version", value: "NAME", help: `${VERSIONS.join(", ")} [standard]` },
  { name: "attacks", value: "LIST", help: `these instead of the version's: ${ATTACKS.join(",")}` },
  { name: "n", value: "N", help: "attack the first N test images [1000]" },
  { name: "batch", value: "N", help: "images attacked at once; changes no result [128]" },
  { name: "seed", value: "N", help: "of all random numbers [0]" },
  { name: "iterations", value: "N", help: "of APGD and FAB [100]" },
  { name: "queries", value: "N", help: "of Square [5000]" },
  { name: "mean", value: "R,G,B", help: "the network was trained on (pixel - mean) / std [0,0,0]" },
  { name: "std", value: "R,G,B", help: "see --mean [1,1,1]" },
  {
    name: "reference-radius",
    value: null,
    help: "evaluate once more with APGD at the radius that the paper's reference code really used",
  },
  {
    name: "official-constants",
    value: null,
    help: "keep the constants of the official code, which logits and gradients of any scale do without",
  },
  { name: "out", value: "DIR", help: "where state, record and outcomes go [runs/attack-WEIGHTS-TIME]" },
  {
    name: "resume",
    value: null,
    help: "go on with the stopped evaluation in --out; start it where there is none",
  },
  { name: "save-images", value: null, help: "keep the adversarial images too" },
  BACKEND_OPTION,
  CHOICES_OPTION,
  VECTOR_WIDTH_OPTION,
  { name: "quiet", value: null, help: "show no progress" },
  { name: "json", value: null, help: "print the record as JSON instead of tables" },
  { name: "help", value: null, help: "show this", alias: "h" },
] as const satisfies readonly Option[];

/** What the words ask for. */
export interface AttackOptions {
  readonly weights: string;
  readonly arch: ResnetArch;
  readonly data: string;
  readonly norm: typeof NORMS[number];
  readonly eps: Amount;
  readonly version: Version;
  /** Null for those of the version. */
  readonly attacks: readonly AttackName[] | null;
  readonly n: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly iterations: number;
  readonly queries: number;
  /** Per channel; null for 0. */
  readonly mean: readonly number[] | null;
  /** Per channel; null for 1. */
  readonly std: readonly number[] | null;
  readonly referenceRadius: boolean;
  readonly officialConstants: boolean;
  /** Null for a name made of the weights' and the time. */
  readonly out: string | null;
  readonly resume: boolean;
  readonly saveImages: boolean;
  readonly choices: Choices;
  /** Null for the system's own. */
  readonly backend: Backend | null;
  /** As typed; null where it is left to the adapter. */
  readonly vectorWidth: string | null;
  readonly quiet: boolean;
  readonly json: boolean;
}

const NEEDED = ["weights", "arch", "data", "norm", "eps"] as const;

/**
 * Reads the words.
 *
 * @returns Null where help is asked for.
 * @throws {UsageError} If an option is unknown, missing, of the wrong kind or out of range.
 */
export function parseAttackOptions(args: readonly string[]): AttackOptions | null {
  const given = parseOptions(args, { table: ATTACK_OPTIONS, command: ATTACK_COMMAND });
  if (given.help) return null;
  const missing = NEEDED.filter((name) => given[name] === null).map((name) => `--${name}`);
  if (missing.length > 0) {
    throw new UsageError(
      `Cannot run ${ATTACK_COMMAND}: ${missing.join(", ")} ${missing.length > 1 ? "are" : "is"} missing\n` +
        `Hint: ${ATTACK_COMMAND} --weights FILE --arch resnet8 --data DIR --norm Linf --eps 8/255`,
    );
  }
  if (given.resume && given.out === null) {
    throw new UsageError(
      "Cannot resume an evaluation: no folder given\nHint: add --out DIR, the folder of the evaluation",
    );
  }
  const norm = oneOf("norm", given.norm!, NORMS);
  return {
    weights: given.weights!,
    arch: oneOf("arch", given.arch!, RESNET_ARCHS),
    data: given.data!,
    norm,
    eps: parseEps(given.eps!, norm),
    version: oneOf("version", given.version ?? "standard", VERSIONS),
    attacks: given.attacks === null ? null : parseAttacks(given.attacks),
    n: readWhole("n", given.n ?? "1000", { least: 1 }),
    batchSize: readWhole("batch", given.batch ?? "128", { least: 1 }),
    seed: readWhole("seed", given.seed ?? "0", { least: 0 }),
    iterations: readWhole("iterations", given.iterations ?? "100", { least: 1 }),
    queries: readWhole("queries", given.queries ?? "5000", { least: 1 }),
    mean: given.mean === null ? null : readChannels("mean", given.mean),
    std: given.std === null ? null : readChannels("std", given.std),
    referenceRadius: given["reference-radius"],
    officialConstants: given["official-constants"],
    out: given.out?.replace(/(?<=.)\/+$/, "") ?? null,
    resume: given.resume,
    saveImages: given["save-images"],
    choices: parseChoices(given.choices),
    backend: parseBackend(given.backend),
    vectorWidth: given["vector-width"],
    quiet: given.quiet,
    json: given.json,
  };
}

function oneOf<const T extends string>(name: string, text: string, known: readonly T[]): T {
  const found = known.find((one) => one === text);
  if (found !== undefined) return found;
  throw new UsageError(`Cannot read --${name}: unknown, ${suggest(text, known)}, given ${text}`);
}

function parseAttacks(text: string): AttackName[] {
  const names = text.split(",").map((word) => oneOf("attacks", word.trim(), ATTACKS));
  if (new Set(names).size === names.length) return names;
  throw new UsageError(`Cannot read --attacks: an attack is named twice, given ${text}`);
}

function readWhole(name: string, text: string, { least }: { least: number }): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= least) return value;
  throw new UsageError(
    `Cannot read --${name}: it must be a whole number from ${least} to 999999999, given ${text}`,
  );
}

function readChannels(name: "mean" | "std", text: string): number[] {
  const values = text.split(",").map((part) => part.trim() === "" ? NaN : Number(part));
  if (values.every((value) => Number.isFinite(value) && (name === "mean" || value > 0))) {
    const problem = values.map((value) => normalisationProblem(name, value)).find((found) => found !== null);
    if (problem) throw new UsageError(`Cannot read --${name}: each number ${problem}`);
    return values;
  }
  throw new UsageError(
    `Cannot read --${name}: it must be ${
      name === "mean" ? "numbers" : "numbers above 0"
    }, one per channel, ` +
      `given ${text}\nHint: for pixels in [0, 1], such as --${name} ${
        name === "mean" ? "0.4914,0.4822,0.4465" : "0.2470,0.2435,0.2616"
      }`,
  );
}
