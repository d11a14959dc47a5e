/** Minimum number of classes of each attack. */

import type { AttackName } from "./types.ts";

/** Minimum number of classes of each attack's loss. */
const MIN_CLASSES: Readonly<Record<AttackName, number>> = {
  "apgd-ce": 2,
  "apgd-dlr": 3,
  "apgd-t": 4,
  "fab": 2,
  "fab-t": 2,
  "square": 2,
};

/**
 * Checks that a model has enough classes for each of the attacks: 4 for the targeted DLR loss of apgd-t, 3 for the DLR
 * loss of apgd-dlr, 2 for the others.
 *
 * @throws {RangeError} If it has too few, or not a positive integer of them.
 */
export function checkClasses(classes: number, { attacks }: { attacks: readonly AttackName[] }): void {
  if (!Number.isInteger(classes) || classes < 1) {
    throw new RangeError(
      `Cannot attack model: the number of classes must be a positive integer, got ${classes}`,
    );
  }
  for (const name of attacks) {
    if (classes >= MIN_CLASSES[name]) continue;
    const others = attacks.filter((other) => classes >= MIN_CLASSES[other]);
    throw new RangeError(
      `Cannot run ${name}: its loss needs at least ${MIN_CLASSES[name]} classes, the model has ${classes}` +
        (others.length > 0 ? `\nHint: leave it out; these attacks can run: ${others.join(", ")}` : ""),
    );
  }
}
