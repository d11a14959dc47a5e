import { assertEquals, assertStringIncludes } from "@std/assert";
import { formatMetric, formatSummary } from "./summary.ts";
import { fakeRecord } from "../testing.ts";

const fraction = (value: number) => ({ value, unit: "fraction" });

Deno.test("formatSummary() shows a column where any record has its metric", () => {
  const text = formatSummary([
    fakeRecord({
      metrics: { cleanAccuracy: fraction(0.65), imagesPerSecond: { value: 1234, unit: "images/s" } },
    }),
    fakeRecord({
      cell: "sl/robust/seed-0",
      metrics: {
        cleanAccuracy: fraction(0.382),
        robustAccuracy: fraction(0.06),
        attackedCleanAccuracy: fraction(0.375),
        autoAttackAccuracy: fraction(0.05),
      },
      durationMs: 65_000,
      status: "quick",
    }),
  ]);
  assertEquals(
    text,
    "network             clean  clean, attacked images  AutoAttack    PGD  images/s        time  status\n" +
      "-----------------  ------  ----------------------  ----------  -----  --------  ----------  ------\n" +
      "sl/natural/seed-0  65.0 %                       -           -      -     1,234       1.0 s  ok\n" +
      "sl/robust/seed-0   38.2 %                  37.5 %       5.0 %  6.0 %         -  1 min 05 s  quick\n",
  );
});

Deno.test("formatSummary() lists constructed sets apart", () => {
  const text = formatSummary([
    fakeRecord(),
    fakeRecord({
      cell: "construct/D_det/seed-0",
      kind: "construct",
      metrics: { meanL2: { value: 0.3491, unit: "pixels" }, targetReachedFraction: fraction(0.9) },
    }),
  ]);
  assertStringIncludes(text, "constructed set         mean L2  target reached   time  status\n");
  assertStringIncludes(text, "construct/D_det/seed-0    0.349          90.0 %  1.0 s  ok\n");
});

Deno.test("formatSummary() says why cells failed, which checks did not pass, and what warned", () => {
  const text = formatSummary([
    fakeRecord({ status: "failed", reason: "Cannot train: loss is NaN" }),
    fakeRecord({
      cell: "sl/robust/seed-0",
      checks: [{ name: "eps", passed: false, detail: "0.6 > 0.5" }, {
        name: "pixels",
        passed: true,
        detail: "",
      }],
      warnings: ["few images"],
    }),
  ]);
  assertStringIncludes(
    text,
    "\nsl/natural/seed-0 failed: Cannot train: loss is NaN\n" +
      "sl/robust/seed-0 did not pass check eps: 0.6 > 0.5\n" +
      "sl/robust/seed-0 warns: few images\n",
  );
  assertEquals(text.includes("pixels"), false);
});

Deno.test("formatMetric() shows each unit as a person reads it", () => {
  assertEquals(formatMetric(undefined), "-");
  assertEquals(formatMetric(fraction(0.5)), "50.0 %");
  assertEquals(formatMetric({ value: 1500.4, unit: "images/s" }), "1,500");
  assertEquals(formatMetric({ value: 0.031372, unit: "pixels" }), "0.0314");
});
