import { type Accuracies, makeConstructed, makeRun, makeTrained } from "./testing.ts";
import { makeExamples, makePictures } from "./testing_images.ts";
import type { LoadedRun } from "./types.ts";

const PLANTED: Readonly<Record<string, Accuracies>> = {
  natural: { clean: 0.651, robust: 0.012, cues: [0.46, 0.29], untrained: 0.214 },
  robust: { clean: 0.38, robust: 0.06, cues: [0.35, 0.1] },
  "non-robust": { clean: 0.47, robust: 0, cues: [0.19, 0.41] },
  D_det: { clean: 0.36, robust: 0, cues: [0.16, 0.31] },
  D_rand: { clean: 0.42, robust: 0, cues: [0.16, 0.38] },
  adversarial: { clean: 0.32, robust: 0.22, cues: [0.32, 0.12] },
};

/** Share of the margin above chance under SL that each paradigm keeps: of the whole margin, and of the faint cue's part. */
const KEPT: Readonly<Record<string, readonly [all: number, faint: number]>> = {
  sl: [1, 1],
  cl: [0.9, 0.3],
  mim: [0.7, 0.12],
  dm: [0.8, 0.2],
};

/** The accuracies of a set under a paradigm; other sets than the three of the central table exist under SL only. */
function plantedAccuracies(set: string, paradigm: string): Accuracies | null {
  const values = PLANTED[set];
  if (paradigm === "sl") return values;
  if (!["natural", "robust", "non-robust"].includes(set)) return null;
  const [all, faint] = KEPT[paradigm];
  const above = (value: number, kept: number) => 0.1 + (value - 0.1) * kept;
  return {
    clean: above(values.clean, set === "non-robust" ? faint : all),
    robust: values.robust * all,
    cues: values.cues && [above(values.cues[0], all), above(values.cues[1], faint)],
    untrained: values.untrained,
  };
}

/** Contents of a test's planted run. */
export interface PlantedRunOptions {
  /** 0, 1 and 2 by default. */
  readonly seeds?: readonly number[];
  /** SL alone by default. */
  readonly paradigms?: readonly string[];
}

/** All paradigms, in the order of every table. */
export const FOUR: readonly string[] = ["sl", "cl", "mim", "dm"];

/**
 * A whole run on planted data: under SL five feature sets and the robust encoder, under the others three sets, over
 * seeds, with constructed sets and images; pictures for every paradigm but SL.
 */
export function makePlantedRun(
  { seeds = [0, 1, 2], paradigms = ["sl"] }: PlantedRunOptions = {},
): LoadedRun {
  const trained = paradigms.flatMap((paradigm) =>
    Object.keys(PLANTED).flatMap((set, index) => {
      const values = plantedAccuracies(set, paradigm);
      if (values === null) return [];
      return seeds.map((seed) =>
        makeTrained(set, { ...values, seed, paradigm, shift: ((seed * 7 + index * 3) % 5 - 2) * 0.007 })
      );
    })
  );
  const constructed = ["robust", "non-robust", "D_det", "D_rand"].flatMap((set) =>
    seeds.map((seed) =>
      makeConstructed(set, {
        seed,
        l2: set === "robust" ? 3.1 + seed * 0.1 : 0.35,
        reached: 0.93 - seed * 0.01,
      })
    )
  );
  const amplitudes: Record<string, number> = { robust: 70, "non-robust": 24, D_det: 10, D_rand: 6 };
  return makeRun([...constructed, ...trained], {
    examples: Object.entries(amplitudes).map(([set, amplitude]) => ({
      cell: `construct/${set}/seed-${seeds[0]}`,
      path: `artifacts/construct/${set}/seed-${seeds[0]}/examples.json`,
      images: makeExamples({ amplitude }),
    })),
    pictures: paradigms.filter((paradigm) => paradigm !== "sl").map((paradigm) => ({
      cell: `${paradigm}/natural/seed-${seeds[0]}`,
      path: `artifacts/${paradigm}/natural/seed-${seeds[0]}/pictures.json`,
      content: makePictures(),
    })),
  });
}
