/** All paradigms, in the order in which they are shown: the one place that lists them. */

import { ddpm } from "./ddpm.ts";
import { DM } from "./ddpm_settings.ts";
import { mae } from "./mae.ts";
import { MIM } from "./mae_settings.ts";
import { simclr } from "./simclr.ts";
import { CL } from "./simclr_settings.ts";
import { supervised } from "./supervised.ts";
import { SL } from "./supervised_settings.ts";
import type { CheckedSizes, CreateOptions, Learner, Paradigm, ParadigmSettings } from "./types.ts";

/** A paradigm that presets may name. */
export interface RegisteredParadigm extends ParadigmSettings<Record<string, unknown>> {
  readonly method: Paradigm<Record<string, unknown>>;
}

/** A paradigm's name with a value for each of its settings. */
export interface ParadigmChoice {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** The paradigms. The first classifies: sets are extracted with it, and it runs in every preset. */
export const PARADIGMS: readonly RegisteredParadigm[] = [
  register(SL, supervised),
  register(CL, simclr),
  register(MIM, mae),
  register(DM, ddpm),
];

/** Settings and method together; types no longer tell the settings apart: they have passed the `fields`. */
function register<Config>(settings: ParadigmSettings<Config>, method: Paradigm<Config>): RegisteredParadigm {
  return { ...settings, method } as unknown as RegisteredParadigm;
}

/**
 * The paradigm of a name.
 *
 * @throws {RangeError} If there is no such paradigm.
 */
export function paradigmOf(name: string): RegisteredParadigm {
  const found = PARADIGMS.find((paradigm) => paradigm.name === name);
  if (found !== undefined) return found;
  const known = PARADIGMS.map((paradigm) => paradigm.name).join(", ");
  throw new RangeError(`Cannot find paradigm ${JSON.stringify(name)}: known are ${known}`);
}

/**
 * Refuses settings that could not be trained.
 *
 * @throws {RangeError} If a setting does not fit, or there is no such paradigm.
 */
export function checkParadigm({ name, config }: ParadigmChoice, options: CheckedSizes): void {
  paradigmOf(name).method.check(config, options);
}

/** A new learner with weights drawn from the seed. */
export function createLearner({ name, config }: ParadigmChoice, options: CreateOptions): Learner {
  return paradigmOf(name).method.create(config, options);
}
