/** Warnings about a robust accuracy under PGD. */

import type { AttackWarning } from "../diagnostics/warning.ts";
import { DIAGNOSTIC, FLAT_RANGE } from "../diagnostics/logit_diagnostics.ts";

/**
 * Warnings about an evaluation by PGD, with the codes of AutoAttack's: `non-finite-logits`, `zero-gradients`,
 * `flat-logits`. docs/attacks.md explains each.
 *
 * @param outcome.robust 1 where correct when clean and after every restart, [n].
 * @param outcome.diagnostics Bits of `DIAGNOSTIC` of each image, as `PgdOutcome` has them.
 */
export function warnPgd(
  { clean, robust, diagnostics }: { clean: Uint8Array; robust: Uint8Array; diagnostics: Uint8Array },
): AttackWarning[] {
  const n = robust.length, count = (of: Uint8Array) => of.reduce((sum, v) => sum + v, 0);
  const among = (of: Uint8Array | null, bit: number) =>
    diagnostics.reduce((sum, bits, i) => sum + (bits & bit && (of === null || of[i]) ? 1 : 0), 0);
  const notFinite = among(null, DIAGNOSTIC.notFinite);
  const stuck = among(robust, DIAGNOSTIC.noGradient), flat = among(clean, DIAGNOSTIC.flat);
  const found: [number, AttackWarning][] = [
    [notFinite, {
      code: "non-finite-logits",
      message: `Of ${n} images ${notFinite} have logits that are not finite, clean or attacked: ` +
        "these count as incorrect",
    }],
    [stuck, {
      code: "zero-gradients",
      message:
        `The gradient of PGD's loss is exactly 0, or not finite, in at least one step in ${stuck} of ` +
        `${count(robust)} images that count as robust: it could not move these images`,
    }],
    [flat > count(clean) / 2 ? flat : 0, {
      code: "flat-logits",
      message:
        `In ${flat} of ${
          count(clean)
        } images that are classified correctly the logits of all wrong classes are ` +
        `within ${FLAT_RANGE} of each other: the cross-entropy leads away from the label, not to the nearest class`,
    }],
  ];
  return found.filter(([images]) => images > 0).map(([, warning]) => warning);
}
