/**
 * realfeatures: which features of images are useful to every way of learning, and which only to one?
 *
 * This module is the library: the engine that records and replays steps on the GPU, attacks, data sets with their
 * robust and non-robust versions, and paradigms. The benchmark itself is a command, `deno task bench`.
 *
 * @example Train a small network on images whose cues are known, and attack it
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { constant, evaluateUnderPgd, NO_AUGMENTATION, openGpu, planted, sgd, supervised, Trainer } from "./mod.ts";
 *
 * // Without an adapter, openGpu() throws a NoAdapterError that says what to install.
 * if (await navigator.gpu?.requestAdapter()) {
 *   const gpu = await openGpu();
 *   const { train, test } = planted({ size: 12, trainSize: 64, testSize: 32 });
 *   const learner = supervised.create(
 *     { encoder: { arch: "resnet8", widths: [4, 4, 4] } },
 *     { height: 12, width: 12, classes: 10, seed: 0 },
 *   );
 *   const trainer = await Trainer.create(gpu, {
 *     learner,
 *     set: train,
 *     batchSize: 16,
 *     optimizer: sgd({ momentum: 0.9 }),
 *     schedule: constant({ lr: 0.1 }),
 *     augmentation: { ...NO_AUGMENTATION, cropPadding: 1 },
 *     seed: 0,
 *   });
 *   const { losses } = await trainer.epoch();
 *   assertEquals(losses.length, 4);
 *
 *   const outcome = await evaluateUnderPgd(
 *     gpu,
 *     { logits: learner.logits!, set: test, batchSize: 32 },
 *     { norm: "Linf", eps: 8 / 255, stepSize: 2 / 255, steps: 5, restarts: 1, randomStart: true, seed: 0 },
 *   );
 *   assert(outcome.distance.every((d) => d <= 8 / 255 + 1e-6));
 *   assert(outcome.robust.every((correct, i) => correct <= outcome.clean[i]));
 *   gpu.close();
 * }
 * ```
 *
 * @module
 */
export * from "./engine/mod.ts";
export * from "./attacks/mod.ts";
export * from "./datasets/mod.ts";
export * from "./paradigms/mod.ts";
