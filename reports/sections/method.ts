import { featureSetStyle } from "../feature_sets.ts";
import type { Group } from "../groups.ts";
import { type Html, markup } from "../html.ts";
import { swatch } from "./_parts.ts";

/** Definitions of every number and feature set on the page. */
export function methodSection(groups: readonly Group[]): Html {
  const sets = [...new Set(groups.map((group) => group.set))];
  return markup`<dl>
<dt>Clean accuracy</dt><dd>Share of natural test images classified correctly by the encoder with its own head. It is the usefulness of the feature
set that the encoder was trained on.</dd>
<dt>Relative usefulness</dt><dd>(accuracy − chance) / (accuracy of natural − chance), with natural of the same paradigm and seed, then the mean over
seeds. It is left out where natural is not above chance.</dd>
<dt>Probe accuracy</dt><dd>The same with a linear head trained on the frozen encoder in eval mode.</dd>
<dt>Robust accuracy</dt><dd>Share of test images classified correctly both clean and under the attack that the column names. An attack gives an upper
bound: a stronger one may find less. Eps is in pixel units of [0, 1].</dd>
<dt>Largest perturbation</dt><dd>The largest distance that the attack really moved an image, over all seeds; above eps it is marked.</dd>
<dt>Spread</dt><dd>± is the sample standard deviation over seeds. The interval is mean ∓ t(0.975, n − 1) · SD / √n; it covers the choice of the seed,
not that of the test images, and is not clipped to possible values. Charts clip it.</dd>
<dt>Failed</dt><dd>A failed or skipped cell has no number and enters no mean.</dd>
${
    sets.map((set) =>
      markup`<dt>${swatch(set)}${featureSetStyle(set).label}</dt><dd>${featureSetStyle(set).meaning}</dd>`
    )
  }
</dl>`;
}
