/** Name and colour of a feature set, or of the adversarially trained encoder, throughout a page. */
export interface FeatureSetStyle {
  /** The name in a record; the adversarially trained encoder's is "adversarial". */
  readonly key: string;
  readonly label: string;
  /** A CSS colour that follows the theme; `style.css` sets both values. */
  readonly color: string;
  /** One clause for people who meet the name for the first time. */
  readonly meaning: string;
}

const KNOWN: readonly FeatureSetStyle[] = [
  ["natural", "natural", "the images as they are"],
  ["robust", "robust", "images that carry only what a robust encoder responds to"],
  [
    "non-robust",
    "non-robust",
    "images of another class, moved within a small ball to match a standard encoder's features",
  ],
  [
    "D_det",
    "D_det",
    "targeted attacks, relabelled as the target; the target is the class after the true one",
  ],
  ["D_rand", "D_rand", "targeted attacks, relabelled as the target; the target is a random class"],
  ["adversarial", "natural, adversarially trained", "the robust encoder itself"],
].map(([key, label, meaning]) => ({
  key,
  label,
  meaning,
  color: `var(--set-${key.toLowerCase().replace("_", "-")})`,
}));

/** The style of a feature set; an unknown one keeps its name and gets the neutral colour. */
export function featureSetStyle(key: string): FeatureSetStyle {
  return KNOWN.find((style) => style.key === key) ??
    {
      key,
      label: key,
      color: "var(--set-other)",
      meaning: "a feature set that this report has no description of",
    };
}

/** Position of a feature set in every table and figure: known ones in a fixed order, others after them. */
export function featureSetOrder(key: string): number {
  const index = KNOWN.findIndex((style) => style.key === key);
  return index < 0 ? KNOWN.length : index;
}
