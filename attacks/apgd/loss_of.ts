/** Losses of a classifier's logits, by name. */

import { crossEntropy } from "../../engine/ops/cross_entropy.ts";
import type { Tensor } from "../../engine/graph/tensor.ts";
import { dlr } from "../losses/dlr.ts";
import { logOdds } from "../losses/log_odds.ts";
import { targetedDlr } from "../losses/targeted_dlr.ts";
import type { ApgdSettings, ClassifierAim, ObjectiveInputs } from "./apgd_options.ts";

/** The loss that Auto-PGD maximises, [B, 1]. */
export function lossOf(
  { loss, officialConstants = false }: Pick<ClassifierAim, "loss"> & Pick<ApgdSettings, "officialConstants">,
  logits: Tensor,
  { labels, target }: Pick<ObjectiveInputs, "labels" | "target">,
): Tensor {
  switch (loss) {
    case "ce":
      return officialConstants ? crossEntropy(logits, labels) : logOdds(logits, labels);
    case "dlr":
      return dlr(logits, labels, { officialConstants });
    case "targeted-dlr":
      return targetedDlr(logits, labels, { targets: target, officialConstants });
  }
}
