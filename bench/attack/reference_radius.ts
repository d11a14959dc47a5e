/** Radii to which the paper's reference code raises those of its APGD attacks. */
const RAISED_TO = { L2: 0.6, Linf: 6 / 255 } as const;

/**
 * The radius at which the reference code's APGD attacks really ran when it was asked for `eps`: max(eps, 0.6) in L2,
 * max(eps, 6/255) in Linf. FAB and Square kept `eps`. Source: line 386 of
 * `Robust/attack/auto-attack/autoattack/autopgd_base.py` in PKU-ML/AdvNotRealFeatures at commit 2e048fd, which is not in
 * AutoAttack itself.
 */
export function referenceApgdEps(norm: "Linf" | "L2", eps: number): number {
  return Math.max(eps, RAISED_TO[norm]);
}

/** How the raised radius is written. */
export const RAISED_LABEL = { L2: "0.6", Linf: "6/255" } as const;
