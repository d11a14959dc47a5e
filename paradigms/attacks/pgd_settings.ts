/** The settings of PGD in a preset. */
import type { Amount } from "../../settings/amount.ts";
import type { Fields } from "../../settings/field.ts";
import type { SectionReader } from "../../settings/section_reader.ts";
import {
  checkEps,
  MAX_STEPS,
  MIN_MOVE,
  NORM,
  STEP_SIZE,
  type Threat,
  threatDefaults,
} from "./threat_settings.ts";
import type { AttackData, AttackSettings } from "./types.ts";

/** Projected gradient descent within a threat model, in [0, 1] pixel units. */
export interface PgdConfig extends Threat {
  readonly name: "pgd";
  readonly steps: number;
  readonly stepSize: Amount;
  readonly restarts: number;
  readonly randomStart: boolean;
}

const FIELDS: Fields<PgdConfig> = {
  name: { kind: "choice", choices: ["pgd"], default: "pgd", help: "attack" },
  norm: NORM,
  eps: {
    kind: "amount",
    min: MIN_MOVE,
    unit: "pixel units",
    defaultText: "0.25 in L2, 4/255 in Linf",
    help: "radius of the threat model",
  },
  steps: { kind: "integer", min: 1, max: MAX_STEPS, default: 10, unit: "steps", help: "gradient steps" },
  stepSize: STEP_SIZE,
  restarts: {
    kind: "integer",
    min: 1,
    max: MAX_STEPS,
    default: 1,
    unit: "1",
    help: "independent starts, the worst counts",
  },
  randomStart: { kind: "flag", default: true, help: "start at a random point of the ball" },
};

/**
 * Reads the settings of PGD.
 *
 * @throws {Error} If a key is unknown or out of range.
 */
export function readPgd(section: SectionReader, { imageSize }: Pick<AttackData, "imageSize">): PgdConfig {
  section.checkKeys(FIELDS);
  const config = section.fields(FIELDS, threatDefaults(section, FIELDS, { L2: "0.25", Linf: "4/255" }));
  checkEps(section, config, imageSize);
  return config;
}

/** PGD; its threat model is that of the other attacks too. */
export const PGD: AttackSettings<PgdConfig> = {
  name: "pgd",
  key: "attack",
  label: "PGD",
  help:
    "projected gradient descent on every test image; its norm and eps are the threat model of all attacks",
  fields: FIELDS,
  runs: "always",
  read: readPgd,
  plannedSteps: ({ steps, restarts }, { testSize }) => testSize * steps * restarts,
  profile(config, { steps }) {
    const few = { ...config, steps: Math.min(steps, config.steps), restarts: 1 };
    return { first: few, timed: few };
  },
};
