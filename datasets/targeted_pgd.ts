/** Targeted PGD, relabelled: D_rand and D_det. */

import { logOdds } from "../attacks/losses/log_odds.ts";
import type { LogitsFn } from "../attacks/threat_model/logits_fn.ts";
import { threatModel } from "../attacks/threat_model/threat_model.ts";
import { Walk } from "../attacks/walk/walk.ts";
import type { Gpu } from "../engine/device/device.ts";
import { asTensor } from "../engine/graph/graph.ts";
import { correct } from "../engine/ops/correct.ts";
import { stream } from "../common/random.ts";
import { u32 } from "../engine/arrays/shape.ts";
import { Variable } from "../engine/graph/tensor.ts";
import { release, write } from "../engine/graph/variables.ts";
import { checkConstruction, construct, type ConstructOptions } from "./construct.ts";
import type { Construction } from "./constructed.ts";
import { Feed } from "./feed.ts";

/** Settings of targeted PGD. */
export interface TargetedPgdOptions extends ConstructOptions {
  readonly logits: LogitsFn;
  /** `next-class`: label + 1, the last class's is the first (D_det). `random`: uniform over all classes (D_rand). */
  readonly targets: "next-class" | "random";
  readonly norm: "Linf" | "L2";
  readonly eps: number;
  readonly stepSize: number;
  readonly seed: number;
}

/**
 * Moves each image towards a target class within eps and gives it that class as its label: to a person the labels
 * are wrong, so whatever a network learns from them are non-robust features.
 * Source: Ilyas et al. 2019, https://arxiv.org/abs/1905.02175, section 3.2. The walk starts at the image itself.
 *
 * @throws {RangeError} If a setting is out of range.
 */
export async function targetedPgd(gpu: Gpu, options: TargetedPgdOptions): Promise<Construction> {
  checkConstruction(options);
  const { source, batchSize, logits, targets, norm, eps, stepSize, seed } = options;
  const classes = source.classNames.length;
  const starts = new Feed(gpu, source, { batchSize });
  const labels = new Variable("target labels", u32(batchSize));
  const choice = stream(seed, "targeted-pgd targets");
  const walk = await Walk.compile(gpu, {
    label: "target",
    batchSize,
    imageShape: starts.imageShape,
    objective: (images) => logOdds(logits(images), labels),
    threatModel: threatModel(norm, eps),
    stepSize: -stepSize,
    stream: choice,
  });
  const result = await construct(gpu, options, {
    walk,
    starts,
    startOf: (example) => example,
    labelOf: (example) =>
      targets === "random"
        ? choice.below(classes, { step: 0, example })
        : (source.labels[example] + 1) % classes,
    prepare: (_, carried) => write(gpu, labels, carried),
    judge: () => ({ reached: correct(logits(asTensor(walk.images)), labels) }),
  });
  walk.dispose();
  starts.dispose();
  release(gpu, [labels]);
  return result;
}
