/** The settings of AutoAttack in a preset. */
import {
  type AttackName,
  ATTACKS,
  planAttacks,
  type Version,
  VERSIONS,
} from "../../attacks/autoattack/mod.ts";
import type { Field, Fields } from "../../settings/field.ts";
import type { SectionReader } from "../../settings/section_reader.ts";
import { plannedSteps } from "./auto_attack_cost.ts";
import type { AttackData, AttackSettings } from "./types.ts";

/** AutoAttack on the first test images, under the threat model of `evaluation.attack`. */
export interface AutoAttackConfig {
  /** "custom" where attacks, iterations or queries are others than those of any version. */
  readonly version: Version | "custom";
  /** How many test images, from the first on. */
  readonly images: number;
  readonly attacks: readonly AttackName[];
  /** Of APGD and FAB. */
  readonly iterations: number;
  /** Of Square. */
  readonly queries: number;
}

/** Test images of a preset that does not say how many. */
const IMAGES = 64;

const FIELDS: Fields<AutoAttackConfig> = {
  version: {
    kind: "choice",
    choices: [...VERSIONS, "custom"],
    default: "standard",
    help: "protocol; custom allows other attacks, iterations or queries",
  },
  images: {
    kind: "integer",
    min: 1,
    unit: "images",
    defaultText: "64, or all if there are fewer",
    help: "first test images, at most dataset.testSize",
  },
  attacks: {
    kind: "choices",
    choices: ATTACKS,
    defaultText: "those of the version, of standard in custom",
    help: "attacks in this order, each on the images that those before it left",
  },
  iterations: { kind: "integer", min: 1, default: 100, unit: "1", help: "iterations of APGD and FAB" },
  queries: { kind: "integer", min: 1, default: 5000, unit: "1", help: "queries of Square" },
};

/** AutoAttack. */
export const AUTO_ATTACK: AttackSettings<AutoAttackConfig> = {
  name: "autoattack",
  key: "autoAttack",
  label: "AutoAttack",
  help: "the standard ensemble of attacks, on the first test images; null for none",
  fields: FIELDS,
  runs: "unless null",
  read: readAutoAttack,
  plannedSteps: (config, { classes }) => plannedSteps(config, classes),
  // Its memory counts; its time follows from that of a step of PGD.
  profile: (config, { batchSize }) => ({
    first: {
      ...config,
      version: "custom",
      images: Math.min(config.images, batchSize),
      iterations: 1,
      queries: 1,
    },
    timed: null,
  }),
};

/**
 * Reads `evaluation.autoAttack`. A version names fixed settings, so that only `custom` may have settings of its own:
 * whatever a record calls "standard" is that.
 *
 * @throws {Error} If a key is unknown or out of range, more images are asked for than the test set has, or a version
 * other than custom is given settings that are not its own.
 */
function readAutoAttack(section: SectionReader, { testSize, classes }: AttackData): AutoAttackConfig {
  section.checkKeys(FIELDS);
  const version = section.field("version", FIELDS.version);
  const attacks = attacksOf(version === "custom" ? "standard" : version, classes);
  const config = section.fields(FIELDS, { images: Math.min(IMAGES, testSize), attacks });
  if (config.images > testSize) {
    throw section.error("images", `must be at most dataset.testSize ${testSize}, given ${config.images}`);
  }
  if (version === "custom") return config;
  // A list of attacks is read in the order of their table; a version has an order of its own.
  return { ...config, attacks: ownAttacks(section, { version, attacks }), ...ownCounts(section, version) };
}

/** The attacks of a version, in the order in which they run. */
function attacksOf(version: Version, classes: number): AttackName[] {
  return planAttacks({ version, classes }).map(({ name }) => name);
}

function ownAttacks(
  section: SectionReader,
  { version, attacks }: { version: Version; attacks: readonly AttackName[] },
): readonly AttackName[] {
  if (!section.has("attacks")) return attacks;
  const given = section.field("attacks", FIELDS.attacks);
  if (given.length === attacks.length && given.every((name) => attacks.includes(name))) return attacks;
  throw notOf(section, "attacks", { version, given: given.join(", "), own: attacks.join(", ") });
}

function ownCounts(
  section: SectionReader,
  version: Version,
): Pick<AutoAttackConfig, "iterations" | "queries"> {
  const own = (key: "iterations" | "queries"): number => {
    const field: Field<number> = FIELDS[key];
    const given = section.field(key, field);
    if (given !== field.default) {
      throw notOf(section, key, { version, given: String(given), own: String(field.default) });
    }
    return given;
  };
  return { iterations: own("iterations"), queries: own("queries") };
}

function notOf(
  section: SectionReader,
  key: string,
  { version, given, own }: { version: Version; given: string; own: string },
) {
  const others = VERSIONS.join(", ");
  return section.error(
    key,
    `is ${given}, but ${version} has ${own}, versions are ${others}\nHint: say version: custom to change them`,
  );
}
