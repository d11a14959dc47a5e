/**
 * Attacks on classifiers: threat models (L-infinity, L2) and projected gradient descent, untargeted or targeted, with
 * any number of steps and restarts. They take functions from images to scores, never a paradigm. Distances are in
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
export * from "./autoattack/mod.ts";
export * from "./fgsm.ts";
export * from "./losses/mod.ts";
export * from "./pgd.ts";
export * from "./threat_model.ts";
export * from "./walk.ts";
