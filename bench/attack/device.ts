/** The device that attacks. */

import type { AutoAttackFn, AutoAttackOptions, AutoAttackResult } from "../../attacks/autoattack/types.ts";
import type { AttackRun, Examples } from "../../attacks/evaluation/robustness_attack.ts";
import type { Backend } from "../../engine/device/backend.ts";
import { loadWeights } from "../../engine/nn/weights.ts";
import { chosenBy, openBenchGpu } from "../adapter/bench_gpu.ts";
import type { Variants } from "../adapter/variants_option.ts";
import { driverText } from "../adapter/driver.ts";
import type { MachineInfo } from "../records/mod.ts";
import type { LoadedClassifier } from "./classifier.ts";

/** A classifier on a device. */
export interface AttackDevice {
  readonly adapter: MachineInfo["adapter"];
  /** The adapter's driver as the system reports it; null if unknown. */
  readonly driver: string | null;
  readonly readPath: string;
  /** Peak device memory so far, in bytes. */
  peakBytes(): number;
  /** Ways of computing that were chosen so far. */
  variants(): Record<string, string>;
  /** Attacks the classifier. */
  attack(
    options: Omit<AutoAttackOptions, "logits" | "classes">,
    examples: Examples,
    run: AttackRun,
  ): Promise<AutoAttackResult>;
  close(): void;
}

/** Opens one. */
export type OpenAttackDevice = (
  classifier: LoadedClassifier,
  options: {
    readonly variants: Variants;
    readonly backend?: Backend | null;
    readonly note: (text: string) => void;
  },
) => Promise<AttackDevice>;

/** Opens the machine's adapter and copies the classifier's weights to it. */
export function openAttackDevice(autoAttack: AutoAttackFn): OpenAttackDevice {
  return async ({ model, tensors, configuration: { classes } }, options) => {
    const { gpu, saveTimings } = await openBenchGpu(options.variants, options);
    try {
      loadWeights(gpu, model, tensors);
    } catch (error) {
      gpu.close();
      throw error;
    }
    return {
      adapter: gpu.info,
      driver: driverText(gpu.info),
      readPath: gpu.readPath,
      peakBytes: () => gpu.buffers.peakBytes,
      variants: () => chosenBy(gpu),
      async attack(asked, examples, run) {
        const logits: AutoAttackOptions["logits"] = (images) => model.logits(images, { mode: "eval" });
        try {
          return await autoAttack(gpu, { ...asked, logits, classes }, examples, run);
        } finally {
          await saveTimings();
        }
      },
      close: () => gpu.close(),
    };
  };
}
