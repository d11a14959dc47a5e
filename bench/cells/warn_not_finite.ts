/** Clean accuracy of images whose scores are not finite. */

import type { ImageSet } from "../../datasets/types.ts";
import type { CellContext } from "../plan/cell.ts";

/** What to do where a set's images have scores that are not finite: the record says how many. */
export function warnNotFinite(
  { warn }: Pick<CellContext, "warn">,
  { name, count }: Pick<ImageSet, "name" | "count">,
): (images: number) => void {
  return (images) =>
    warn(
      `non-finite-logits: Of ${count} clean images of ${name} ${images} have logits that are not finite: ` +
        "these count as incorrect",
    );
}
