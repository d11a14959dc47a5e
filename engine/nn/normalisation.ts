/** The numbers that pixels are normalised by before a network, (pixel - mean) / std: which of them make sense. */

/** Smallest and largest mean and standard deviation, for pixels in [0, 1]: further out float32 loses the pixels. */
const RANGES = { mean: [-10, 10], std: [1e-3, 1e3] } as const;

/** What is wrong with a mean or a standard deviation, as "must be ..., got ..."; null if nothing is. */
export function normalisationProblem(name: keyof typeof RANGES, value: number): string | null {
  const [low, high] = RANGES[name];
  // Written so that NaN is refused, too.
  if (value >= low && value <= high) return null;
  const hint = Math.abs(value) > high && Math.abs(value) <= 255
    ? "; pixels are in [0, 1]: divide by 255"
    : "";
  return `must be in [${low}, ${high}], got ${value}${hint}`;
}
