import { assertEquals } from "@std/assert";
import type { Estimate } from "./ratio_estimate.ts";
import { estimateWords, usefulnessWords } from "./relative_words.ts";

const estimate = (mean: number | null, fields: Partial<Estimate> = {}): Estimate => ({
  seeds: mean === null ? [] : [{ seed: 0, value: mean }],
  mean,
  interval: mean === null ? null : [mean - 0.05, mean + 0.05],
  source: mean === null ? null : "test images",
  reasons: [],
  ...fields,
});
const plain = (text: string) => text.replaceAll("\u00a0", " ");
const set = { set: "robust", label: "robust", absent: ["mim", "dm"] };

Deno.test("estimateWords() names the source of an interval, and says undefined if there is no value", () => {
  assertEquals(
    [
      estimate(0.5),
      estimate(0.5, { source: "seeds", seeds: [{ seed: 0, value: 0.4 }, { seed: 1, value: 0.6 }] }),
      estimate(0.5, { interval: null, source: null }),
      estimate(null),
    ].map((value) => plain(estimateWords(value))),
    [
      "50.0 % (95 % interval over test images, one seed: 45.0 to 55.0 %)",
      "50.0 % (95 % interval over 2 seeds: 45.0 to 55.0 %)",
      "50.0 % (no interval)",
      "undefined",
    ],
  );
});

Deno.test("usefulnessWords() names the paradigms behind minimum and mean, and how many are missing", () => {
  const paradigms = [{ paradigm: "sl" as const, estimate: estimate(0.6) }, {
    paradigm: "cl" as const,
    estimate: estimate(0.2),
  }];
  assertEquals(
    plain(usefulnessWords({ ...set, paradigms, minimum: estimate(0.2), mean: estimate(0.4) })),
    "robust, over SL and CL: minimum 20.0 % (95 % interval over test images, one seed: 15.0 to 25.0 %), mean 40.0 % " +
      "(95 % interval over test images, one seed: 35.0 to 45.0 %). It was not run under MIM and DM.",
  );
  assertEquals(
    plain(usefulnessWords({ ...set, paradigms, minimum: estimate(null), mean: estimate(null) })),
    "robust, over SL and CL: minimum and mean undefined, since no seed has a value under each of them.",
  );
  assertEquals(
    plain(usefulnessWords({ ...set, paradigms: paradigms.slice(0, 1), minimum: null, mean: null })),
    "robust: 60.0 % (95 % interval over test images, one seed: 55.0 to 65.0 %) under SL, the only paradigm that it was " +
      "run under, so nothing is said about the others.",
  );
});
