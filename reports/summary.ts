import { attackLabels, type Group, metricSpread, PARADIGMS, relativeUsefulness, seedsOf } from "./groups.ts";
import { count, listing, percent, percentSpread, points } from "./format.ts";
import type { Spread } from "./statistics.ts";

/**
 * What the run measured, in sentences computed from its numbers: usefulness per feature set with its spread,
 * the same relative to natural, robust accuracy, and which statistic each is. No verdict: the sentences say how
 * many paradigms and seeds stand behind them.
 */
export function summarySentences(groups: readonly Group[]): string[] {
  const measured = groups.filter((group) => metricSpread(group, "cleanAccuracy") !== null);
  if (measured.length === 0) {
    return ["No cell of this run has a clean accuracy, so there is nothing to summarise."];
  }
  const paradigms = [...new Set(measured.map((group) => group.paradigm))];
  return [
    ...paradigms.flatMap((paradigm) => paradigmSentences(measured.filter((g) => g.paradigm === paradigm))),
    statisticSentence(measured),
    coverageSentence(paradigms.length, seedsOf(measured).length),
  ];
}

function paradigmSentences(groups: readonly Group[]): string[] {
  const paradigm = groups[0].paradigm === null ? "an unnamed paradigm" : PARADIGMS[groups[0].paradigm];
  const say = (group: Group, spread: Spread) => `${group.label} ${percentSpread(spread)}`;
  const clean = groups.map((group) => say(group, metricSpread(group, "cleanAccuracy")!));
  const chance = metricSpread(groups[0], "chance");
  const sentences = [
    `Usefulness, that is clean test accuracy, under ${paradigm}, by what the encoder was trained on: ` +
    `${listing(clean)}${chance ? `; guessing gives ${percent(chance.mean)}` : ""}.`,
  ];
  const relative = groups.flatMap((group) => {
    const value = group.set === "natural" || group.set === "adversarial"
      ? null
      : relativeUsefulness(group, groups);
    if (value === null) return [];
    const between = value.interval ? ` (${points(value.interval[0])} to ${percent(value.interval[1])})` : "";
    return [`${group.label} ${percent(value.mean)}${between}`];
  });
  if (relative.length > 0) {
    sentences.push(`Of the margin above chance that natural reaches, ${listing(relative)} remain.`);
  }
  const attacks = attackLabels(groups);
  const robust = groups.flatMap((group) => {
    const value = metricSpread(group, "robustAccuracy");
    return value ? [say(group, value)] : [];
  });
  if (attacks.length === 1 && robust.length > 0) {
    sentences.push(`Robust accuracy under ${attacks[0]}: ${listing(robust)}.`);
  }
  return sentences;
}

function statisticSentence(groups: readonly Group[]): string {
  const counts = groups.map((group) => metricSpread(group, "cleanAccuracy")!.n);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (most === 1) return "Each number comes from one seed: no spread can be given.";
  const over = least === most ? count(most, "seed") : `${least} to ${count(most, "seed")}`;
  return `Each number is the mean over ${over}, ± is the sample standard deviation, and a range in brackets is ` +
    `the 95 % Student t interval of the mean.`;
}

function coverageSentence(paradigms: number, seeds: number): string {
  if (paradigms >= Object.keys(PARADIGMS).length) {
    return `All four paradigms were run, with ${count(seeds, "seed")}.`;
  }
  const number = ["No", "One", "Two", "Three"][paradigms];
  return `${number} of the four paradigms ${
    paradigms === 1 ? "was" : "were"
  } run, so whether a feature set ` +
    `is useful across paradigms is not answered here.`;
}
