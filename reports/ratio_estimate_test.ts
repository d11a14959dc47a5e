import { assertAlmostEquals, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { binomialDraws, uniform } from "./binomial_draws.ts";
import { type Ratio, ratioEstimate } from "./ratio_estimate.ts";

const ratio = (fields: Partial<Ratio> = {}): Ratio => ({
  seed: 0,
  accuracy: 0.3,
  natural: 0.6,
  chance: 0.1,
  testSize: 500,
  ...fields,
});

Deno.test("ratioEstimate() gives the same interval for the same values", () => {
  assertEquals(ratioEstimate([[ratio()]]), ratioEstimate([[ratio()]]));
});

Deno.test("ratioEstimate() may lie below 0 and above 1", () => {
  assertEquals(ratioEstimate([[ratio({ accuracy: 0.05 })]]).mean! < 0, true);
  assertEquals(ratioEstimate([[ratio({ accuracy: 0.7 })]]).mean! > 1, true);
});

Deno.test("ratioEstimate() gives no interval where natural may well be at chance", () => {
  const { interval, reasons } = ratioEstimate([[ratio({ natural: 0.115 })]]);
  assertEquals(interval, null);
  assertStringIncludes(reasons[0], "natural is too close to chance");
});

Deno.test("ratioEstimate() of nothing is undefined, not 0", () => {
  assertEquals(ratioEstimate([[{ seed: 3, reason: "why" }]]), {
    seeds: [],
    mean: null,
    interval: null,
    source: null,
    reasons: ["why"],
  });
});

Deno.test("ratioEstimate() covers the true minimum and mean in 95 % of test sets or more, ties or not", () => {
  const [natural, trials, count] = [0.6, 200, 60];
  const random = uniform(5);
  for (const accuracies of [[0.35, 0.35, 0.35, 0.35], [0.5, 0.2, 0.15, 0.3]]) {
    const draw = (accuracy: number) => binomialDraws(accuracy, { trials, count, random });
    const draws = accuracies.map((accuracy) => ({ own: draw(accuracy), top: draw(natural) }));
    const truths = accuracies.map((accuracy) => (accuracy - 0.1) / (natural - 0.1));
    const truth = { minimum: Math.min(...truths), mean: truths.reduce((sum, v) => sum + v, 0) / 4 };
    for (const combination of ["minimum", "mean"] as const) {
      const covered = Array.from({ length: count }, (_, at) => {
        const ratios = draws.map(({ own, top }) => [
          ratio({ accuracy: own[at], natural: top[at], testSize: trials }),
        ]);
        const [low, high] = ratioEstimate(ratios, combination).interval!;
        return low <= truth[combination] && truth[combination] <= high;
      }).filter((hit) => hit).length;
      // Three standard errors of a share of 0.95 below it.
      assertGreater(
        covered / count,
        0.95 - 3 * Math.sqrt(0.95 * 0.05 / count),
        `${combination} ${accuracies}`,
      );
    }
  }
});

Deno.test("ratioEstimate() has the interval of the smaller one where two paradigms are far apart", () => {
  const [low, high] = ratioEstimate([[ratio({ accuracy: 0.2 })], [ratio({ accuracy: 0.5 })]], "minimum")
    .interval!;
  const alone = ratioEstimate([[ratio({ accuracy: 0.2 })]]).interval!;
  assertAlmostEquals(low, alone[0], 0.01);
  assertGreater(high, alone[1]);
  assertAlmostEquals(high, alone[1], 0.05);
});
