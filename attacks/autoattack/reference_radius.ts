import type { Norm } from "../../engine/ops/example_norm.ts";

/** Minimum radii of APGD in the reference code. */
const MIN_RADIUS: Readonly<Record<Norm, number>> = { L2: 0.6, Linf: 6 / 255 };

/**
 * The radius of APGD in the code of "Adversarial Examples Are Not Real Features", given `eps`: max(eps, 0.6) in L2 and
 * max(eps, 6/255) in Linf. FAB and Square keep `eps`. Use it as `apgdEps` of {@linkcode autoAttack} to compare with that
 * code; the result is not a robust accuracy at `eps`.
 *
 * Source: line 386 of `Robust/attack/auto-attack/autoattack/autopgd_base.py` in PKU-ML/AdvNotRealFeatures at commit
 * 2e048fd; AutoAttack itself has no such line.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { referenceRadius } from "./reference_radius.ts";
 *
 * assertEquals(referenceRadius("L2", 0.5), 0.6);
 * assertEquals(referenceRadius("Linf", 8 / 255), 8 / 255);
 * ```
 */
export function referenceRadius(norm: Norm, eps: number): number {
  return Math.max(eps, MIN_RADIUS[norm]);
}
