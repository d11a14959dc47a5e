import { count, listing, percent, points } from "./format.ts";
import { shortParadigm } from "./groups.ts";
import type { Estimate } from "./ratio_estimate.ts";
import type { SetUsefulness } from "./relative_usefulness.ts";

/** Minimum and mean with their intervals, in words. */
export function usefulnessWords({ label, paradigms, absent, minimum, mean }: SetUsefulness): string {
  const names = paradigms.map(({ paradigm }) => shortParadigm(paradigm));
  if (minimum === null || mean === null) {
    return `${label}: ${estimateWords(paradigms[0].estimate)} under ${
      names[0]
    }, the only paradigm that it was run under, ` +
      "so nothing is said about the others.";
  }
  if (minimum.mean === null) {
    return `${label}, over ${
      listing(names)
    }: minimum and mean undefined, since no seed has a value under each of them.`;
  }
  return `${label}, over ${listing(names)}: minimum ${estimateWords(minimum)}, mean ${estimateWords(mean)}.${
    absent.length > 0 ? ` It was not run under ${listing(absent.map(shortParadigm))}.` : ""
  }`;
}

/** "46.2 % (95 % interval over 3 seeds: 40.1 to 52.3 %)", or that it is undefined. */
export function estimateWords({ mean, interval, source, seeds }: Estimate): string {
  if (mean === null) return "undefined";
  if (interval === null) return `${percent(mean)} (no interval)`;
  const over = source === "seeds" ? count(seeds.length, "seed") : "test images, one seed";
  return `${percent(mean)} (95\u00a0% interval over ${over}: ${points(interval[0])} to ${
    percent(interval[1])
  })`;
}
