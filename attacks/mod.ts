/**
 * Attacks on classifiers, in L-infinity and L2: FGSM and PGD over threat models; Auto-PGD, FAB and Square over slots;
 * and AutoAttack, the cascade of these. They take functions from images to scores, never a paradigm. Distances are in
 * pixel units of [0, 1].
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { linf } from "./mod.ts";
 *
 * assertEquals(linf(8 / 255).norm, "Linf");
 * assertThrows(() => linf(8), RangeError);
 * ```
 *
 * @module
 */
export * from "./apgd/apgd.ts";
export * from "./apgd/apgd_options.ts";
export * from "./autoattack/mod.ts";
export { DIAGNOSTIC } from "./diagnostics/logit_diagnostics.ts";
export * from "./diagnostics/warning.ts";
export * from "./evaluation/robustness_attack.ts";
export * from "./fab/fab.ts";
export * from "./losses/mod.ts";
export * from "./pgd/fgsm.ts";
export * from "./pgd/pgd.ts";
export * from "./pgd/pgd_attack.ts";
export * from "./pgd/pgd_warnings.ts";
export * from "./slots/run_slots.ts";
export * from "./slots/slot_attack.ts";
export * from "./slots/slot_rows.ts";
export * from "./square/square.ts";
export * from "./threat_model/logits_fn.ts";
export * from "./threat_model/threat_model.ts";
export * from "./walk/walk.ts";
