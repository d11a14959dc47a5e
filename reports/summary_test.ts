import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { groupOverSeeds } from "./groups.ts";
import { summarySentences } from "./summary.ts";
import { makePlantedRun, makeRun, makeTrained } from "./testing.ts";

const say = (run: ReturnType<typeof makeRun>) =>
  summarySentences(groupOverSeeds(run, "train")).map((text) => text.replaceAll("\u00a0", " "));

Deno.test("summarySentences() states usefulness, spread and attack computed from the records", () => {
  const text = say(makeRun([
    makeTrained("natural", { seed: 0, clean: 0.6, robust: 0.01 }),
    makeTrained("natural", { seed: 1, clean: 0.7, robust: 0.03 }),
    makeTrained("robust", { seed: 0, clean: 0.35, robust: 0.2 }),
    makeTrained("robust", { seed: 1, clean: 0.4, robust: 0.2 }),
  ]));
  assertEquals(text, [
    "Usefulness, that is clean test accuracy, under supervised learning (SL), by what the encoder was trained on: " +
    "natural 65.0 ± 7.1 % and robust 37.5 ± 3.5 %; guessing gives 10.0 %.",
    "Of the margin above chance that natural reaches, robust 50.0 % (50.0 to 50.0 %) remain.",
    "Robust accuracy under PGD, L2, eps 0.25, 20 steps, 1 restart: natural 2.0 ± 1.4 % and robust 20.0 ± 0.0 %.",
    "Each number is the mean over 2 seeds, ± is the sample standard deviation, and a range in brackets is the 95 % " +
    "Student t interval of the mean.",
    "One of the four paradigms was run, so whether a feature set is useful across paradigms is not answered here.",
  ]);
});

Deno.test("summarySentences() gives no spread for one seed, and says so", () => {
  const text = say(makePlantedRun({ seeds: [4] }));
  assert(text.every((sentence) => !sentence.includes("±")));
  assertStringIncludes(text.join(" "), "Each number comes from one seed: no spread can be given.");
});

Deno.test("summarySentences() has nothing to summarise without an accuracy", () => {
  assertEquals(say(makeRun([])), [
    "No cell of this run has a clean accuracy, so there is nothing to summarise.",
  ]);
});
