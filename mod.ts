/**
 * realfeatures: which features of images are useful to every way of learning, and which only to one?
 *
 * This module is the library: the engine that records and replays steps on the GPU, attacks, data sets with their
 * robust and non-robust versions, and paradigms, and the benchmark: what the commands `deno task bench`, `report` and
 * `data` do, as functions, with the events of a run as an async iterator ({@linkcode runBench}). `docs/library.md` names
 * the function of each command.
 *
 * @example Train a small network on images whose cues are known, and attack it
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { constant, evaluateUnderPgd, hasGpu, NO_AUGMENTATION, openGpu, planted, sgd, supervised, Trainer } from "./mod.ts";
 *
 * // Without an adapter, openGpu() throws a NoAdapterError that says what to install.
 * if (await hasGpu()) {
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
 *   assert(outcome.perturbation.every((d) => d <= 8 / 255 + 1e-6));
 *   assert(outcome.robust.every((correct, i) => correct <= outcome.clean[i]));
 *   gpu.close();
 * }
 * ```
 *
 * @example Attack a model of your own by AutoAttack
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import {
 *   autoAttack,
 *   conv2d,
 *   f32,
 *   globalAvgPool,
 *   hasGpu,
 *   linear,
 *   nchwToNhwc,
 *   openGpu,
 *   planted,
 *   relu,
 *   stream,
 *   type Tensor,
 *   toFloat,
 *   Variable,
 * } from "./mod.ts";
 *
 * if (await hasGpu()) {
 *   const gpu = await openGpu();
 *   const random = (name: string, ...shape: number[]) =>
 *     new Variable(name, f32(...shape), stream(0, name).fillNormal(0, new Float32Array(shape.reduce((a, b) => a * b))));
 *   const kernel = random("kernel", 8, 3, 3, 3), weight = random("weight", 10, 8);
 *   // Any function from images [B, H, W, C] to scores [B, classes]; normalisation of pixels would belong here, too.
 *   const logits = (images: Tensor) => linear(globalAvgPool(relu(conv2d(images, kernel, { padding: 1 }))), weight);
 *
 *   const { test } = planted({ size: 12, trainSize: 1, testSize: 8 });
 *   const result = await autoAttack(gpu, {
 *     logits,
 *     classes: 10,
 *     imageShape: [12, 12, 3],
 *     norm: "Linf",
 *     eps: 8 / 255,
 *     seed: 0,
 *     attacks: ["apgd-ce", "square"], // without this line, version "standard": four attacks
 *     iterations: 5, // by default 100
 *     queries: 20, // by default 5,000
 *   }, { images: nchwToNhwc(toFloat(test), [8, 3, 12, 12]), labels: Uint32Array.from(test.labels) });
 *
 *   assert(result.robust.every((correct, i) => correct <= result.clean[i]));
 *   assertEquals(result.attacks.map(({ name }) => name), ["apgd-ce", "square"]);
 *   assert(result.safety.largestPerturbation <= 8 / 255 + 1e-6);
 *   gpu.close();
 * }
 * ```
 *
 * @module
 */
export * from "./engine/mod.ts";
export * from "./attacks/mod.ts";
export * from "./bench/mod.ts";
export * from "./datasets/mod.ts";
export * from "./paradigms/mod.ts";
export {
  type LoadedExamples,
  type LoadedPictures,
  type LoadedRecord,
  type LoadedRun,
  loadPerformance,
  loadRun,
  type Problem as ReportProblem,
  renderPerformance,
  renderReport,
  type ReportOptions,
  type SpeedRecords,
  type WriteOptions as WriteReportOptions,
  writePerformance,
  writeReport,
} from "./reports/mod.ts";
