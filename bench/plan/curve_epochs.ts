/** Epochs of a curve's points, evenly spread, and 0, the untrained encoder. */
export function curveEpochs(epochs: number, points: number): number[] {
  const even = Array.from({ length: points }, (_, k) => Math.round((k + 1) * epochs / points));
  return [...new Set([0, ...even])];
}
