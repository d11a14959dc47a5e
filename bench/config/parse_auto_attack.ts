import { type AttackName, planAttacks, type Version, VERSIONS } from "../../attacks/autoattack/mod.ts";
import { checkAtMost } from "./parse_training.ts";
import type { Field } from "./preset_field.ts";
import type { AutoAttackConfig, DatasetConfig } from "./preset.ts";
import { AUTO_ATTACK } from "./preset_schema.ts";
import type { SectionReader } from "./_section_reader.ts";

/** Test images of a preset that does not say how many. */
const IMAGES = 64;

/**
 * Reads `evaluation.autoAttack`. A version is a name for fixed settings, so that settings of one's own are refused beside
 * one: whatever a record calls "standard" is that.
 *
 * @throws {UsageError} If a key is unknown or out of range, more images are asked for than the test set has, or a version
 * other than custom stands beside settings that are not its own.
 */
export function readAutoAttack(section: SectionReader, dataset: DatasetConfig): AutoAttackConfig {
  section.checkKeys(Object.keys(AUTO_ATTACK));
  const version = section.field("version", AUTO_ATTACK.version);
  const attacks = attacksOf(version === "custom" ? "standard" : version);
  const config = section.fields(AUTO_ATTACK, { images: Math.min(IMAGES, dataset.testSize), attacks });
  const limit = dataset.testSize;
  checkAtMost(section, "images", { value: config.images, limit, what: "dataset.testSize" });
  if (version === "custom") return config;
  // Several attacks are read in the order of their table, that of the version is its own.
  return { ...config, attacks: ownAttacks(section, { version, attacks }), ...ownCounts(section, version) };
}

/** The attacks of a version, in the order in which they run. */
function attacksOf(version: Version): AttackName[] {
  return planAttacks({ version, classes: 10 }).map(({ name }) => name);
}

function ownAttacks(
  section: SectionReader,
  { version, attacks }: { version: Version; attacks: readonly AttackName[] },
): readonly AttackName[] {
  if (!section.has("attacks")) return attacks;
  const given = section.field("attacks", AUTO_ATTACK.attacks);
  if (given.length === attacks.length && given.every((name) => attacks.includes(name))) return attacks;
  throw notOf(section, "attacks", { version, given: given.join(", "), own: attacks.join(", ") });
}

function ownCounts(
  section: SectionReader,
  version: Version,
): Pick<AutoAttackConfig, "iterations" | "queries"> {
  const own = (key: "iterations" | "queries"): number => {
    const field: Field<number> = AUTO_ATTACK[key];
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
    `is ${given}, but ${version} has ${own}, versions are ${others}\nHint: say version: custom for settings of one's own`,
  );
}
