/** From the words of a preset to an optimiser and a schedule. */

import { adam } from "../../engine/optim/adam.ts";
import { adamw } from "../../engine/optim/adamw.ts";
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import { constant, cosine, type Schedule, stepDecay } from "../../engine/optim/schedules.ts";
import { sgd } from "../../engine/optim/sgd.ts";
import type { TrainingConfig } from "../../paradigms/training_settings.ts";

/** The optimiser of a training. */
export function makeOptimizer(config: TrainingConfig): Optimizer {
  const { optimizer, momentum, nesterov, betas, weightDecay } = config;
  if (optimizer === "sgd") {
    return sgd({ momentum, nesterov: nesterov && momentum > 0, weightDecay }); // with momentum 0 both are plain SGD
  }
  return optimizer === "adam" ? adam({ betas, weightDecay }) : adamw({ betas, weightDecay });
}

/** The learning rate by update. */
export function makeSchedule(
  { schedule, lr, epochs, warmupEpochs, milestones, accumulate }: TrainingConfig,
  batchesPerEpoch: number,
): Schedule {
  const updates = (count: number) => Math.round(count * batchesPerEpoch / accumulate);
  const warmupSteps = updates(warmupEpochs);
  switch (schedule) {
    case "cosine":
      return cosine({ lr, warmupSteps, totalSteps: Math.max(warmupSteps + 1, updates(epochs)) });
    case "step":
      return stepDecay({ lr, warmupSteps, milestones: milestones.map(updates) });
    case "constant":
      return constant({ lr, warmupSteps });
  }
}
