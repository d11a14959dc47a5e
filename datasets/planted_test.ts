import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { GRATINGS } from "./_grating.ts";
import { planted, type PlantedOptions } from "./planted.ts";
import type { ImageSet } from "./types.ts";

const SMALL = { trainSize: 40, testSize: 20 };

Deno.test("planted() gives the same bits from the same seed, in every version", () => {
  assertEquals(planted(SMALL).sha256, planted(SMALL).sha256);
  assertNotEquals(planted(SMALL).sha256, planted({ ...SMALL, seed: 1 }).sha256);
  assertEquals(planted(SMALL).sha256, "dd9e72de01c9e499e99b8d6ffceadf210c3cd60228ae0941bf3983aa8dd1fecc");
});

Deno.test("planted() makes an example that does not depend on how many there are", () => {
  const few = planted(SMALL), many = planted({ trainSize: 90, testSize: 50 });
  assertEquals(many.train.images.subarray(0, few.train.images.length), few.train.images);
  assertEquals(many.test.images.subarray(0, few.test.images.length), few.test.images);
  assertEquals([...few.train.labels.subarray(0, 12)], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
});

Deno.test("planted() adds a grating of the amplitude asked for", () => {
  const without = planted({ ...SMALL, gratingAmplitude: 0 }).test.images;
  const withGrating = planted({ ...SMALL, gratingAmplitude: 4 / 255 }).test.images;
  const difference = Array.from(withGrating, (value, i) => Math.abs(value - without[i]));
  assertEquals(Math.max(...difference), 4);
  // In every pixel, but for the few that noise brings down to black.
  assertGreater(difference.filter((d) => d === 4).length / difference.length, 0.97);
});

Deno.test("planted() shows only the robust cue, or only the grating, in the cue-only splits", () => {
  const sure = { ...SMALL, silhouetteReliability: 1, gratingReliability: 1 };
  const { test, extraTests } = planted(sure);
  const withoutGrating = planted({ ...sure, gratingAmplitude: 0 }).test;
  assertEquals(extraTests!.robustCueOnly.images, withoutGrating.images);
  const area = 16 * 16;
  for (let i = 0; i < test.count; i++) {
    // A silhouette covers a part of the image; elsewhere the two splits are one.
    const at = i * 3 * area;
    const same = Array.from({ length: area }, (_, p) => p)
      .filter((p) =>
        [0, 1, 2].every((c) => {
          const k = at + c * area + p;
          return extraTests!.nonRobustCueOnly.images[k] === test.images[k];
        })
      ).length;
    assertGreater(same, area * 0.3);
    assertLess(same, area * 0.95);
  }
});

Deno.test("planted() plants a grating that Fourier amplitudes find as often as it agrees with the label", () => {
  const sizes = { trainSize: 600, testSize: 300 };
  const { train, extraTests } = planted(sizes);
  assertGreater(fourierAccuracy(extraTests!.nonRobustCueOnly), 0.97);
  assertLess(fourierAccuracy(extraTests!.robustCueOnly), 0.2);
  // Within four standard errors.
  assertAlmostEquals(fourierAccuracy(train), 0.7, 4 * Math.sqrt(0.7 * 0.3 / 600));
});

Deno.test("planted() plants silhouettes whose outline tells the class, as often as they agree with it", () => {
  const bare = { trainSize: 1, testSize: 1000, pixelNoise: 0, gratingAmplitude: 0 };
  const seen = (options: Partial<PlantedOptions>) => planted({ ...bare, ...options });
  const other = seen({ seed: 1 }).extraTests!;
  const classify = outlineClassifier(other.robustCueOnly, other.nonRobustCueOnly);
  const { test, extraTests } = seen({});
  // Without grating and noise, nothing but the background is left of the third split.
  const background = extraTests!.nonRobustCueOnly;
  const alone = classify(extraTests!.robustCueOnly, background);
  assertGreater(alone, 0.6);
  assertAlmostEquals(classify(test, background), 0.95 * alone, 0.03);
  assertLess(classify(seen({ silhouetteReliability: 0.3 }).test, background), 0.5 * alone);
});

Deno.test("planted() rejects options out of range", () => {
  const bad = (options: Partial<PlantedOptions>) => () => planted(options);
  assertThrows(bad({ size: 8 }), RangeError, "size must be an integer between 12 and 128, it is 8");
  assertThrows(
    bad({ trainSize: 1.5 }),
    RangeError,
    "trainSize must be an integer between 1 and 1000000, it is 1.5",
  );
  assertThrows(
    bad({ gratingReliability: 1.1 }),
    RangeError,
    "gratingReliability must be a number between 0 and 1",
  );
  assertThrows(bad({ pixelNoise: NaN }), RangeError, "it is NaN");
});

/** Share of images whose strongest of the ten planted waves is that of the label. */
function fourierAccuracy({ images, labels, count, width }: ImageSet): number {
  let correct = 0;
  const area = width * width;
  for (let i = 0; i < count; i++) {
    const power = GRATINGS.map(({ wave: [kx, ky], colour }) => {
      let re = 0, im = 0;
      for (let p = 0; p < 3 * area; p++) {
        const angle = (2 * Math.PI * (kx * (p % width) + ky * (Math.floor(p / width) % width))) / 16;
        const value = colour[Math.floor(p / area)] * images[i * 3 * area + p];
        re += value * Math.cos(angle);
        im += value * Math.sin(angle);
      }
      return re * re + im * im;
    });
    if (power.indexOf(Math.max(...power)) === labels[i]) correct++;
  }
  return correct / count;
}

/** Nearest class mean of standardised outline features; returns the accuracy on a set. */
function outlineClassifier(
  train: ImageSet,
  background: ImageSet,
): (set: ImageSet, background: ImageSet) => number {
  const features = outlines(train, background);
  const width = features[0].length;
  const mean = (rows: number[][], j: number) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length;
  const byClass = train.classNames.map((_, c) => features.filter((_, i) => train.labels[i] === c));
  const means = byClass.map((rows) => Array.from({ length: width }, (_, j) => mean(rows, j)));
  const spread = Array.from(
    { length: width },
    (_, j) =>
      Math.sqrt(mean(byClass.flatMap((rows, c) => rows.map((row) => [(row[j] - means[c][j]) ** 2])), 0)) +
      1e-6,
  );
  return (set, behind) => {
    const hits = outlines(set, behind).filter((row, i) => {
      const distances = means.map((m) => m.reduce((sum, v, j) => sum + ((row[j] - v) / spread[j]) ** 2, 0));
      return distances.indexOf(Math.min(...distances)) === set.labels[i];
    });
    return hits.length / set.count;
  };
}

/** Per image: how much of what differs from the background lies at each radius, and its angular harmonics. */
function outlines({ images, count, width }: ImageSet, background: ImageSet): number[][] {
  const area = width * width;
  return Array.from({ length: count }, (_, i) => {
    const distance = Array.from({ length: area }, (_, p) => {
      const at = [0, 1, 2].map((c) => (i * 3 + c) * area + p);
      return Math.hypot(...at.map((k) => images[k] - background.images[k]));
    });
    const threshold = 0.3 * distance.toSorted((a, b) => b - a)[area / 16];
    const mask: number[] = distance.map((d) => d > threshold ? 1 : 0);
    const total = mask.reduce((sum, m) => sum + m, 0) || 1;
    const x0 = mask.reduce((sum, m, p) => sum + m * (p % width), 0) / total;
    const y0 = mask.reduce((sum, m, p) => sum + m * Math.floor(p / width), 0) / total;
    const polar = mask.map((m, p) => ({
      m,
      r: Math.hypot(p % width - x0, Math.floor(p / width) - y0),
      angle: Math.atan2(Math.floor(p / width) - y0, p % width - x0),
    })).filter(({ m }) => m > 0);
    const rms = Math.sqrt(polar.reduce((sum, { r }) => sum + r * r, 0) / total) || 1;
    const shells = [0.4, 0.8, 1.1, 1.4].map((limit) =>
      polar.filter(({ r }) => r < limit * rms).length / total
    );
    const harmonics = [1, 2, 3, 4, 5].map((k) => {
      const re = polar.reduce((sum, { r, angle }) => sum + (r / rms) ** 2 * Math.cos(k * angle), 0);
      const im = polar.reduce((sum, { r, angle }) => sum + (r / rms) ** 2 * Math.sin(k * angle), 0);
      return Math.hypot(re, im) / total;
    });
    return [...shells, ...harmonics, total / (rms * rms)];
  });
}
