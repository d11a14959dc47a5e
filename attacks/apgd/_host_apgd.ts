/** Auto-PGD once more, for one example at a time, in float64 on the host, with a log of losses instead of counters. */

/** A point's loss and its gradient. */
export type Landscape = (x: Float64Array) => { loss: number; gradient: Float64Array };

/** What is known after an evaluation, the start's included. */
export interface HostState {
  readonly stepSize: number;
  readonly best: number;
  /** The least difference of two losses that anything was decided by so far. */
  readonly margin: number;
}

/** Settings of the climb from the clean image. */
export interface HostSettings {
  readonly norm: "Linf" | "L2";
  readonly eps: number;
  readonly iterations: number;
}

/** Climbs from `origin`; one state for each evaluation. */
export function climbOnHost(
  landscape: Landscape,
  origin: Float64Array,
  { norm, eps, iterations }: HostSettings,
): HostState[] {
  const length = (v: Float64Array) => Math.sqrt(v.reduce((sum, d) => sum + d * d, 0));
  const clip = (v: number, low = 0, high = 1) => Math.max(low, Math.min(high, v));
  const project = (x: Float64Array) => {
    if (norm === "Linf") return x.map((v, i) => clip(clip(v, origin[i] - eps, origin[i] + eps)));
    const away = length(x.map((v, i) => v - origin[i]));
    const factor = away > eps ? eps / away : 1;
    return x.map((v, i) => clip(origin[i] + factor * (v - origin[i])));
  };
  const direction = (g: Float64Array) => {
    const long = length(g) + 1e-12;
    return g.map((v) => norm === "Linf" ? Math.sign(v) : v / long);
  };
  let x = origin, previous = origin, { loss: best, gradient } = landscape(x);
  let stepSize = 2 * eps, bestX = x, bestGradient = gradient;
  let bestAtCheck = best, halvedAtCheck = true, lastCheck = 0;
  let interval = Math.max(Math.floor(0.22 * iterations), 1);
  let margin = Infinity;
  const losses: number[] = [], states: HostState[] = [{ stepSize, best, margin }];
  for (let i = 0; i < iterations; i++) {
    const a = i === 0 ? 1 : 0.75, d = direction(gradient);
    const z = project(x.map((v, k) => v + stepSize * d[k]));
    const next = project(x.map((v, k) => v + a * (z[k] - v) + (1 - a) * (v - previous[k])));
    [previous, x] = [x, next];
    const found = landscape(x);
    gradient = found.gradient;
    margin = Math.min(margin, Math.abs(found.loss - best), Math.abs(found.loss - (losses[i - 1] ?? 0)));
    losses.push(found.loss);
    if (found.loss > best) [best, bestX, bestGradient] = [found.loss, x, gradient];
    if (i + 1 === lastCheck + interval) {
      // The log has no entry before the first iteration: the official code then reads a row of zeros.
      const rises = losses.filter((v, k) => k >= lastCheck && v > (losses[k - 1] ?? 0)).length;
      const halve: boolean = rises <= 0.75 * interval || (!halvedAtCheck && bestAtCheck >= best);
      if (halve) [stepSize, x, gradient] = [stepSize / 2, bestX, bestGradient];
      [bestAtCheck, halvedAtCheck, lastCheck] = [best, halve, i + 1];
      interval = Math.max(
        interval - Math.max(Math.floor(0.03 * iterations), 1),
        Math.max(Math.floor(0.06 * iterations), 1),
      );
    }
    states.push({ stepSize, best, margin });
  }
  return states;
}
