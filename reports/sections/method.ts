import { featureSetStyle } from "../feature_sets.ts";
import type { Group } from "../groups.ts";
import { type Html, markup } from "../html.ts";
import { swatch } from "./_parts.ts";

/** Definitions of every number and feature set on the page. */
export function methodSection(groups: readonly Group[]): Html {
  const sets = [...new Set(groups.map((group) => group.set))];
  return markup`<dl>
<dt>Probe accuracy</dt><dd>Share of natural test images classified correctly by a linear probe on the frozen encoder in eval mode. It is the
usefulness of the feature set that the encoder was trained on, under every paradigm. “Untrained encoder” is the same probe on the
encoder before any training: what its architecture gives away.</dd>
<dt>Relative usefulness</dt><dd>(accuracy − chance) / (accuracy of natural − chance) with the probe’s accuracies, natural of the same paradigm and seed;
minimum and mean are taken over the paradigms of one seed, then the mean over seeds. Where natural is not above chance by more than
1.96 standard errors of its test images, the value is undefined and enters nothing.</dd>
<dt>Interval of relative usefulness</dt><dd>Two seeds or more: Student’s t over seeds. One seed: the accuracies are redrawn 4000 times as binomial shares
of a test set of the same size, independently of each other, and 2.5 % are cut off at each end; that says nothing about other seeds.
That of a minimum over k paradigms goes from the smallest lower end among them to the smallest upper end at 2.5 / k %. The smallest of
several uncertain numbers tends to lie below the smallest true one: read a minimum by its interval.</dd>
<dt>Clean accuracy</dt><dd>The same share for the classifier that is attacked: under SL the encoder with its own head, under the other paradigms encoder and
probe.</dd>
<dt>Robust accuracy</dt><dd>Share of test images classified correctly both clean and under the attack that the column names. An attack gives an upper
bound: a stronger attack may lower it. Eps is in pixel units of [0, 1].</dd>
<dt>AutoAttack</dt><dd>Attacks one after the other, each on the images that all before it left correct: an image counts as robust if it is correct
when clean and under every one of them. “standard” is the published protocol (APGD on cross-entropy, APGD on nine targets, FAB on nine
targets, Square with 5,000 queries); other settings are named, never called by its name. It is run on the first test images only, whose
number is given with it; clean accuracy on the same images is what the attacks started from, PGD on them shows how much the choice of the attack matters, PGD on all images has the smaller
standard error. Where Square, which sees no gradients, beats the others, gradients were of no use: a warning says so.</dd>
<dt>Largest perturbation</dt><dd>The largest distance between an image and its attacked version, over all seeds; values above eps are marked.</dd>
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
