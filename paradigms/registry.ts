/** All paradigms by name: the one place that lists them. */

import { ddpm, type DdpmConfig } from "./ddpm.ts";
import { mae, type MaeConfig } from "./mae.ts";
import { simclr, type SimclrConfig } from "./simclr.ts";
import { supervised, type SupervisedConfig } from "./supervised.ts";
import type { CheckOptions, CreateOptions, Learner, Paradigm, ParadigmName } from "./types.ts";

/** The settings of each paradigm. */
export interface ParadigmConfigs {
  readonly sl: SupervisedConfig;
  readonly cl: SimclrConfig;
  readonly mim: MaeConfig;
  readonly dm: DdpmConfig;
}

/** A paradigm with its settings. */
export type ParadigmSettings = {
  [N in ParadigmName]: { readonly name: N; readonly config: ParadigmConfigs[N] };
}[ParadigmName];

/** The paradigms; one that is missing does not compile. */
export const PARADIGMS: { readonly [N in ParadigmName]: Paradigm<ParadigmConfigs[N]> } = {
  sl: supervised,
  cl: simclr,
  mim: mae,
  dm: ddpm,
};

/**
 * Refuses settings that could not be trained.
 *
 * @throws {RangeError} If there is anything.
 */
export function checkParadigm({ name, config }: ParadigmSettings, options: CheckOptions): void {
  (PARADIGMS[name] as Paradigm<unknown>).check(config, options);
}

/** A new learner with weights drawn from the seed. */
export function createLearner({ name, config }: ParadigmSettings, options: CreateOptions): Learner {
  return (PARADIGMS[name] as Paradigm<unknown>).create(config, options);
}
