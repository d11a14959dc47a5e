/** Valid means and standard deviations for the normalisation of pixels, (pixel - mean) / std. */

/** Smallest and largest mean and standard deviation, for pixels in [0, 1]: further out float32 loses the pixels. */
const RANGES = { mean: [-10, 10], std: [1e-3, 1e3] } as const;

/** The problem with a mean or standard deviation, as "must be ..., got ..."; null if valid. */
export function normalisationProblem(name: keyof typeof RANGES, value: number): string | null {
  const [low, high] = RANGES[name];
  // Written so that NaN is refused, too.
  if (value >= low && value <= high) return null;
  const hint = Math.abs(value) > high && Math.abs(value) <= 255
    ? "; pixels are in [0, 1]: divide by 255"
    : "";
  return `must be in [${low}, ${high}], got ${value}${hint}`;
}
