import type { Norm } from "../../engine/ops/example_norm.ts";

/** Radii below which the reference code's APGD attacks never run. */
const MIN_RADIUS: Readonly<Record<Norm, number>> = { L2: 0.6, Linf: 6 / 255 };

/**
 * The radius at which APGD really ran in the code of "Adversarial Examples Are Not Real Features" when it was asked for
 * `eps`: max(eps, 0.6) in L2 and max(eps, 6/255) in Linf. FAB and Square kept `eps`. For `apgdEps` of
 * {@linkcode autoAttack}, to compare with that code; a robust accuracy at `eps` it is not.
 *
 * Source: line 386 of `Robust/attack/auto-attack/autoattack/autopgd_base.py` in PKU-ML/AdvNotRealFeatures at commit
 * 2e048fd, which is not in AutoAttack itself.
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
