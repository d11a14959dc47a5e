import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { groupOverSeeds } from "./groups.ts";
import { summarySentences } from "./summary.ts";
import { makeRun, makeTrained } from "./testing.ts";
import { FOUR, makePlantedRun } from "./testing_planted.ts";

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
    "Relative usefulness where one paradigm was run: robust 50.4 % (95 % interval over 2 seeds: 49.9 to 50.8 %).",
    "Usefulness, that is probe accuracy, under supervised learning (SL), by what the encoder was trained on: " +
    "natural 65.4 ± 7.1 % and robust 37.9 ± 3.5 %; guessing gives 10.0 %.",
    "Robust accuracy under PGD, L2, eps 0.25, 20 steps, 1 restart: natural 2.0 ± 1.4 % and robust 20.0 ± 0.0 %.",
    "Each number is the mean over 2 seeds, ± is the sample standard deviation.",
    "One paradigm was run, SL, so whether a feature set is useful across paradigms is not answered here.",
  ]);
});

Deno.test("summarySentences() begins with the smallest relative usefulness over the paradigms", () => {
  const text = say(makePlantedRun({ paradigms: FOUR }));
  assertMatch(
    text[0],
    /^The smallest relative usefulness over the paradigms: robust [\d.]+ % \(95 % interval over 3 seeds: .* and non-robust /,
  );
  assertEquals(
    text.find((sentence) => sentence.startsWith("Usefulness, that is")),
    "Usefulness, that is probe accuracy, of the natural images: SL 65.5 ± 1.4 %, CL 60.0 ± 1.4 %, MIM 49.0 ± 1.4 % and " +
      "DM 54.5 ± 1.4 %; guessing gives 10.0 %.",
  );
  assertEquals(text.at(-1), "4 paradigms were run, SL, CL, MIM and DM, with 3 seeds.");
});

Deno.test("summarySentences() gives no spread for one seed, and says so", () => {
  const text = say(makePlantedRun({ seeds: [4] }));
  assert(text.every((sentence) => !sentence.includes("±")));
  assertStringIncludes(text.join(" "), "Each number comes from one seed: no spread over seeds can be given.");
});

Deno.test("summarySentences() has nothing to summarise without an accuracy", () => {
  assertEquals(say(makeRun([])), [
    "No cell of this run has a probe accuracy, so there is nothing to summarise.",
  ]);
});
