import { isObject } from "../common/is_object.ts";
import { count } from "./format.ts";
import { attackOf, type Group } from "./groups.ts";
import type { LoadedRecord } from "./types.ts";

/** The AutoAttack that a record's robust accuracy was measured by. */
export interface AutoAttackView {
  /** "AutoAttack standard, L2, eps 0.25"; another name than a version's where the settings are not the version's. */
  readonly label: string;
  /** "first 128 test images". */
  readonly images: string;
  /** How many these are; null where the config does not say. */
  readonly n: number | null;
}

/** Reads `config.evaluation.autoAttack` of a record, as far as it is there; null where AutoAttack was not run. */
export function autoAttackOf(loaded: LoadedRecord): AutoAttackView | null {
  const { evaluation } = loaded.record.config;
  const config = isObject(evaluation) ? evaluation.autoAttack : null;
  if (!isObject(config)) return null;
  const threat = isObject(evaluation) && isObject(evaluation.attack) ? evaluation.attack : {};
  const parts = [
    nameOf(config),
    threat.norm,
    attackOf(loaded) && `eps ${threat.epsLabel ?? threat.eps}`,
  ];
  const n = typeof config.images === "number" ? config.images : null;
  return {
    label: parts.filter((part) => part).join(", "),
    images: n === null ? "part of the test images" : `first ${count(n, "test image")}`,
    n,
  };
}

/** The distinct settings among groups, in order of appearance: {@linkcode AutoAttackView.label} with its images. */
export function autoAttackLabels(groups: readonly Group[]): string[] {
  return [
    ...new Set(groups.flatMap(({ done }) =>
      done.flatMap((loaded) => {
        const view = autoAttackOf(loaded);
        return view === null ? [] : settingsWords(view);
      })
    )),
  ];
}

/** "AutoAttack standard, L2, eps 0.25; first 128 test images". */
export function settingsWords({ label, images }: AutoAttackView): string {
  return `${label}; ${images}`;
}

/** A version by its name, anything else by what it consists of. */
function nameOf(config: Readonly<Record<string, unknown>>): string {
  if (typeof config.version === "string" && config.version !== "custom") {
    return `AutoAttack ${config.version}`;
  }
  const attacks = Array.isArray(config.attacks) ? config.attacks.map(String) : [];
  const settings = [
    attacks.length > 0 && attacks.join(" + "),
    typeof config.iterations === "number" && count(config.iterations, "iteration"),
    attacks.includes("square") && typeof config.queries === "number" && `${config.queries} queries`,
  ].filter((part) => part);
  return `AutoAttack, non-standard settings (${settings.join(", ")})`;
}
