import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UsageError } from "../../common/usage_error.ts";
import { LIMITS, limitsOf, parseThresholds } from "./thresholds.ts";

Deno.test("parseThresholds() fills in the defaults, and lets the last metric that fits decide", () => {
  const thresholds = parseThresholds(
    "accuracyDropPoints: 2\nmetrics:\n  cleanAccuracy: { accuracyDropPoints: 3 }\n" +
      "  'sl/*': { significance: 0.001 }\n  sl/natural / cleanAccuracy: { accuracyDropPoints: 4, ignore: true }\n",
    "t.yaml",
  );
  assertEquals(limitsOf(thresholds, "cl/natural", "probeAccuracy"), { ...LIMITS, accuracyDropPoints: 2 });
  assertEquals(limitsOf(thresholds, "cl/natural", "cleanAccuracy").accuracyDropPoints, 3);
  assertEquals(limitsOf(thresholds, "sl/natural", "cleanAccuracy"), {
    ...LIMITS,
    accuracyDropPoints: 4,
    significance: 0.001,
    ignore: true,
  });
  assertEquals(parseThresholds("", "t.yaml").defaults, LIMITS);
});

for (
  const [text, message] of [
    [
      "slowdown: 3",
      /t\.yaml: slowdown is not a known key, did you mean slowdownPercent, known are accuracyDrop/,
    ],
    ["ignore: true", /ignore is not a known key, known are/],
    ["slowdownPercent: fast", /slowdownPercent must be a number from 0, given "fast"$/],
    ["significance: 2", /significance must be a number between 0 and 1, given 2$/],
    ["fewestRecords: 2", /fewestRecords was renamed\nHint: write minRecords$/],
    ["minRecords: 2.5", /minRecords must be an integer from 1, given 2\.5$/],
    ["metrics: 3", /metrics must be a mapping of names to limits, given 3$/],
    ["metrics: { a: { drop: 3 } }", /metrics\.a\.drop is not a known key, known are/],
    ["metrics: { a: { ignore: 3 } }", /metrics\.a\.ignore must be true or false, given 3$/],
    ["- 3", /it must be a mapping of keys to values, given \[3\]$/],
    ["a: [", /^Cannot read thresholds t\.yaml: /],
  ] as const
) {
  Deno.test(`parseThresholds() refuses ${text}`, () => {
    assertMatch(assertThrows(() => parseThresholds(text, "t.yaml"), UsageError).message, message);
  });
}
