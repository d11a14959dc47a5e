/**
 * Paradigms: ways to train an encoder, all with the same hooks; the one training loop; the linear probe on a frozen
 * encoder; and the one place where clean and robust accuracy are computed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { accuracyOf, supervised } from "./mod.ts";
 *
 * const learner = supervised.create({ arch: "resnet8", classes: 10 }, { seed: 0 });
 * assertEquals(learner.featureSize, 64);
 * assertEquals(accuracyOf(Uint8Array.of(1, 0, 1, 1)), 0.75);
 * ```
 *
 * @module
 */
export * from "./evaluate.ts";
export * from "./probe.ts";
export * from "./supervised.ts";
export * from "./train.ts";
export * from "./types.ts";
