import { autoAttackLabels } from "./auto_attack.ts";
import { count, listing, percent, percentSpread } from "./format.ts";
import { attackLabels, type Group, metricSpread, paradigmLabel, seedsOf, shortParadigm } from "./groups.ts";
import { relativeUsefulness } from "./relative_usefulness.ts";
import { estimateWords } from "./relative_words.ts";
import type { Spread } from "../bench/statistics/spread.ts";

/** The number that is called usefulness. */
const USEFULNESS = "probeAccuracy";

/**
 * Results of the run, in sentences computed from its numbers: the smallest relative usefulness over the paradigms,
 * then the usefulness of natural under each (of a single paradigm: usefulness and robust accuracy per feature set) with
 * their spread, and which statistic each is.
 * No verdict: the sentences say how many paradigms and seeds stand behind them.
 */
export function summarySentences(groups: readonly Group[]): string[] {
  const measured = groups.filter((group) => metricSpread(group, USEFULNESS) !== null);
  if (measured.length === 0) {
    return ["No cell of this run has a probe accuracy, so there is nothing to summarise."];
  }
  const paradigms = [...new Set(measured.map((group) => group.paradigm))];
  return [
    ...relativeSentences(groups),
    ...paradigms.length === 1 ? paradigmSentences(measured) : naturalSentence(measured),
    statisticSentence(measured),
    coverageSentence(paradigms.map(shortParadigm), seedsOf(measured).length),
  ];
}

/** The minimum over the paradigms if several were run, else the value under the only one. */
function relativeSentences(groups: readonly Group[]): string[] {
  const sets = relativeUsefulness(groups);
  const over = sets.flatMap(({ label, minimum }) => minimum ? [`${label} ${estimateWords(minimum)}`] : []);
  const only = sets.flatMap(({ label, paradigms, minimum }) =>
    minimum ? [] : [`${label} ${estimateWords(paradigms[0].estimate)}`]
  );
  return [
    ...over.length > 0 ? [`The smallest relative usefulness over the paradigms: ${listing(over)}.`] : [],
    ...only.length > 0 ? [`Relative usefulness where one paradigm was run: ${listing(only)}.`] : [],
  ];
}

/** The margin of natural images under each paradigm; all other margins are relative to it. */
function naturalSentence(groups: readonly Group[]): string[] {
  const natural = groups.filter(({ set }) => set === "natural");
  if (natural.length === 0) return [];
  const parts = natural.map((group) =>
    `${shortParadigm(group.paradigm)} ${percentSpread(metricSpread(group, USEFULNESS)!)}`
  );
  const chance = metricSpread(natural[0], "chance");
  return [
    `Usefulness, that is probe accuracy, of the natural images: ${listing(parts)}${
      chance ? `; guessing gives ${percent(chance.mean)}` : ""
    }.`,
  ];
}

function paradigmSentences(groups: readonly Group[]): string[] {
  const paradigm = groups[0].paradigm === null ? "an unnamed paradigm" : paradigmLabel(groups[0]);
  const say = (group: Group, spread: Spread) => `${group.label} ${percentSpread(spread)}`;
  const useful = groups.map((group) => say(group, metricSpread(group, USEFULNESS)!));
  const chance = metricSpread(groups[0], "chance");
  const sentences = [
    `Usefulness, that is probe accuracy, under ${paradigm}, by what the encoder was trained on: ` +
    `${listing(useful)}${chance ? `; guessing gives ${percent(chance.mean)}` : ""}.`,
  ];
  const robust = (metric: string, attacks: readonly string[]) => {
    const parts = groups.flatMap((group) => {
      const value = metricSpread(group, metric);
      const clean = metric === "autoAttackAccuracy" ? metricSpread(group, "attackedCleanAccuracy") : null;
      return value ? [`${say(group, value)}${clean ? ` (clean ${percentSpread(clean)})` : ""}`] : [];
    });
    return attacks.length === 1 && parts.length > 0
      ? [`Robust accuracy under ${attacks[0]}: ${listing(parts)}.`]
      : [];
  };
  return [
    ...sentences,
    ...robust("autoAttackAccuracy", autoAttackLabels(groups)),
    ...robust("robustAccuracy", attackLabels(groups)),
  ];
}

function statisticSentence(groups: readonly Group[]): string {
  const counts = groups.map((group) => metricSpread(group, USEFULNESS)!.n);
  const [min, max] = [Math.min(...counts), Math.max(...counts)];
  if (max === 1) return "Each number comes from one seed: no spread over seeds can be given.";
  const over = min === max ? count(max, "seed") : `${min} to ${count(max, "seed")}`;
  return `Each number is the mean over ${over}, ± is the sample standard deviation.`;
}

function coverageSentence(paradigms: readonly string[], seeds: number): string {
  if (paradigms.length === 1) {
    return `One paradigm was run, ${
      paradigms[0]
    }, so whether a feature set is useful across paradigms is not answered here.`;
  }
  return `${paradigms.length} paradigms were run, ${listing(paradigms)}, with ${count(seeds, "seed")}.`;
}
