/** Attacks and settings of the named versions of AutoAttack. */

import type { AttackName, AutoAttackOptions, Version } from "./types.ts";
import { ATTACKS, VERSIONS } from "./types.ts";
import { TARGETS } from "./warnings.ts";

/** One attack of a cascade with its settings. */
export interface PlannedAttack {
  readonly name: AttackName;
  /** Runs for each target. */
  readonly restarts: number;
  /** Target classes, one after another; 1 if untargeted. */
  readonly targets: number;
  /** EOT samples that gradients are averaged over. */
  readonly eotSamples: number;
}

interface Protocol {
  readonly attacks: readonly AttackName[];
  readonly restarts: Partial<Record<AttackName, number>>;
  readonly eotSamples: number;
}

/** As `set_version` of fra31/auto-attack fixes them; `fab-t` never restarts there. */
const PROTOCOLS: Readonly<Record<Version, Protocol>> = {
  standard: { attacks: ["apgd-ce", "apgd-t", "fab-t", "square"], restarts: {}, eotSamples: 1 },
  plus: {
    attacks: ["apgd-ce", "apgd-dlr", "fab", "square", "apgd-t", "fab-t"],
    restarts: { "apgd-ce": 5, "apgd-dlr": 5, fab: 5 },
    eotSamples: 1,
  },
  rand: { attacks: ["apgd-ce", "apgd-dlr"], restarts: {}, eotSamples: 20 },
};

/**
 * The attacks of an evaluation, in order.
 *
 * @throws {RangeError} If a version or an attack is unknown, an attack is given twice, or the list is empty.
 */
export function planAttacks(
  { version = "standard", attacks, classes }: Pick<AutoAttackOptions, "version" | "attacks" | "classes">,
): PlannedAttack[] {
  if (!VERSIONS.includes(version)) {
    throw new RangeError(
      `Cannot plan attacks: unknown version "${version}", known are ${VERSIONS.join(", ")}`,
    );
  }
  const protocol = PROTOCOLS[version], names = attacks ?? protocol.attacks;
  if (names.length === 0) {
    throw new RangeError(`Cannot plan attacks: the list is empty, known are ${ATTACKS.join(", ")}`);
  }
  names.forEach((name, i) => {
    if (!ATTACKS.includes(name)) {
      throw new RangeError(`Cannot plan attacks: unknown attack "${name}", known are ${ATTACKS.join(", ")}`);
    }
    if (names.indexOf(name) !== i) throw new RangeError(`Cannot plan attacks: ${name} is given twice`);
  });
  return names.map((name) => ({
    name,
    restarts: protocol.restarts[name] ?? 1,
    targets: name.endsWith("-t") ? Math.min(TARGETS, classes - 1) : 1,
    eotSamples: name.startsWith("apgd") ? protocol.eotSamples : 1,
  }));
}
