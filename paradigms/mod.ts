/**
 * Paradigms: ways to train an encoder, all with the same hooks; the one training loop; the linear probe on a frozen
 * encoder; and the one place where clean and robust accuracy are computed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { accuracyOf, supervised } from "./mod.ts";
 *
 * const learner = supervised.create(
 *   { encoder: { arch: "resnet8" } },
 *   { height: 32, width: 32, classes: 10, seed: 0 },
 * );
 * assertEquals(learner.featureSize, 64);
 * assertEquals(accuracyOf(Uint8Array.of(1, 0, 1, 1)), 0.75);
 * ```
 *
 * @module
 */
export * from "./architectures/registry.ts";
export type * from "./architectures/types.ts";
export { EVALUATION_ATTACKS } from "./attacks/registry.ts";
export type * from "./attacks/types.ts";
export * from "./augmentation_pictures.ts";
export * from "./ddpm.ts";
export * from "./ddpm_sampler.ts";
export * from "./diffusion_schedule.ts";
export * from "./evaluate.ts";
export * from "./features.ts";
export * from "./linear_head.ts";
export * from "./loss_objective.ts";
export * from "./mae.ts";
export * from "./probe.ts";
export * from "./q_sample.ts";
export * from "./registry.ts";
export * from "./simclr.ts";
export * from "./supervised.ts";
export * from "./train.ts";
export * from "./training_settings.ts";
export * from "./types.ts";
