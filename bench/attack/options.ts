/** Options of `bench attack` and `attackNetwork`. */
import { type AttackName, ATTACKS, type Version, VERSIONS } from "../../attacks/autoattack/types.ts";
import {
  asUsageError,
  completeOptions,
  flag,
  list,
  type Nullable,
  oneOf,
  option,
  OptionFault,
  type OptionType,
  text,
  whole,
} from "../../common/command_line/mod.ts";
import type { Backend } from "../../engine/device/backend.ts";
import { normalisationProblem } from "../../engine/nn/normalisation.ts";
import { RESNET_ARCHS, type ResnetArch } from "../../engine/nn/resnet.ts";
import { BACKEND_OPTION } from "../adapter/backend_option.ts";
import { defaultVariants, type Variants, VARIANTS_OPTION } from "../adapter/variants_option.ts";
import type { Amount } from "../../settings/amount.ts";
import { parseEps, RADIUS } from "./eps.ts";

/** The norms, by the names that they have here. */
export const NORMS = ["Linf", "L2"] as const;

const MAX_COUNT = 999_999_999;
const COUNT = whole({ min: 1, max: MAX_COUNT });

/** What can be asked for. */
export const ATTACK_OPTIONS = [
  option({
    name: "weights",
    value: "FILE",
    type: text("a file"),
    required: true,
    help: "weights under PyTorch's names, as safetensors",
  }),
  option({
    name: "arch",
    value: "NAME",
    type: oneOf("architecture", RESNET_ARCHS),
    required: true,
    help: `${RESNET_ARCHS.join(", ")}; widths and classes are read from the weights`,
  }),
  option({
    name: "data",
    value: "DIR",
    type: text("a folder"),
    required: true,
    help: "folder of CIFAR-10's binary version, or a run folder of planted data",
  }),
  option({
    name: "norm",
    value: "NAME",
    type: oneOf("norm", NORMS),
    required: true,
    help: NORMS.join(" or "),
  }),
  option({
    name: "eps",
    value: "RADIUS",
    type: RADIUS,
    required: true,
    help: "8/255, 0.03137 or 8px: pixels go from 0 to 1",
  }),
  option({
    name: "version",
    value: "NAME",
    type: oneOf("version", VERSIONS),
    default: "standard",
    help: VERSIONS.join(", "),
  }),
  option({
    name: "attacks",
    value: "LIST",
    type: list(oneOf("attack", ATTACKS), { of: "attacks" }),
    defaultText: "those of the version",
    help: `which of ${ATTACKS.join(",")}`,
  }),
  option({ name: "n", value: "N", type: COUNT, default: 1000, help: "attack the first N test images" }),
  option({
    name: "batch",
    property: "batchSize",
    value: "N",
    type: COUNT,
    default: 128,
    help: "images attacked at once; changes no result",
  }),
  option({
    name: "seed",
    value: "N",
    type: whole({ min: 0, max: MAX_COUNT }),
    default: 0,
    help: "of all random numbers",
  }),
  option({ name: "iterations", value: "N", type: COUNT, default: 100, help: "of APGD and FAB" }),
  option({ name: "queries", value: "N", type: COUNT, default: 5000, help: "of Square" }),
  option({
    name: "mean",
    value: "R,G,B",
    type: channels("mean"),
    defaultText: "0,0,0",
    help: "the network was trained on (pixel - mean) / std",
  }),
  option({ name: "std", value: "R,G,B", type: channels("std"), defaultText: "1,1,1", help: "see --mean" }),
  flag({
    name: "reference-radius",
    help: "evaluate once more with APGD at the radius that the paper's reference code really used",
  }),
  flag({
    name: "official-constants",
    help: "keep the constants of the official code, which logits and gradients of any scale do without",
  }),
  option({
    name: "out",
    property: "outDir",
    value: "DIR",
    type: text("a folder"),
    defaultText: "runs/attack-WEIGHTS-TIME",
    help: "where state, record and outcomes go",
  }),
  flag({
    name: "resume",
    needs: "outDir",
    help: "continue the stopped evaluation in --out; start it where there is none",
  }),
  flag({ name: "save-images", help: "keep the adversarial images too" }),
  BACKEND_OPTION,
  VARIANTS_OPTION,
] as const;

/** Complete options, ready to evaluate. */
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
  readonly outDir: string | null;
  readonly resume: boolean;
  readonly saveImages: boolean;
  readonly variants: Variants;
  /** Null for the system's own. */
  readonly backend: Backend | null;
}

/**
 * Options with their defaults.
 *
 * @throws {UsageError} If one is missing or out of range.
 */
export function completeAttackOptions(given: Nullable<typeof ATTACK_OPTIONS>): AttackOptions {
  const complete = completeOptions(given, ATTACK_OPTIONS), { norm, outDir, variants } = complete;
  return {
    ...complete,
    eps: readEps(complete.eps, norm),
    outDir: outDir?.replace(/(?<=.)\/+$/, "") ?? null,
    variants: variants ?? defaultVariants(),
  };
}

/** A radius, which depends on the norm. */
function readEps(eps: number | string, norm: typeof NORMS[number]): Amount {
  try {
    return parseEps(String(eps), norm);
  } catch (error) {
    throw asUsageError(error, { option: "option eps", given: String(eps) });
  }
}

/** Numbers, one per channel. */
function channels(name: "mean" | "std"): OptionType<readonly number[]> {
  const description = `${name === "mean" ? "numbers" : "numbers above 0"}, one per channel`;
  const example = name === "mean" ? "0.4914,0.4822,0.4465" : "0.2470,0.2435,0.2616";
  const check = (values: readonly number[]) => {
    if (!values.every((value) => Number.isFinite(value) && (name === "mean" || value > 0))) {
      throw new OptionFault(`it must be ${description}`, `for pixels in [0, 1], such as ${example}`);
    }
    const problem = values.map((value) => normalisationProblem(name, value)).find((found) => found !== null);
    if (problem) throw new OptionFault(`each number ${problem}`);
  };
  return {
    description,
    read(text) {
      const values = text.split(",").map((part) => part.trim() === "" ? NaN : Number(part));
      check(values);
      return values;
    },
    check,
    write: (values) => values.join(","),
  };
}
