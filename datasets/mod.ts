/** Data sets: their type, their sources, and their batches.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { stream } from "../common/random.ts";
 * import { batches, planted } from "./mod.ts";
 *
 * const { train } = planted({ trainSize: 100, testSize: 10 });
 * const order = batches(stream(0, "batches"), { count: train.count, batchSize: 32 });
 * assertEquals(order.at(0).length, 32);
 * ```
 *
 * @module
 */
export * from "./augment.ts";
export * from "./augmentation_strip.ts";
export * from "./batches.ts";
export * from "./cifar10.ts";
export * from "./cifar10_release.ts";
export type { ConstructionPart, ConstructOptions, ConstructProgress } from "./construct.ts";
export * from "./constructed.ts";
export * from "./contact_sheet.ts";
export * from "./feature_matching.ts";
export * from "./feed.ts";
export * from "./fetch_cifar10.ts";
export * from "./picture.ts";
export * from "./planted.ts";
export * from "./planted_sheets.ts";
export * from "./registered.ts";
export * from "./registry.ts";
export * from "./targeted_pgd.ts";
export * from "./types.ts";
