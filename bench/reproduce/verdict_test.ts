import { assertEquals } from "@std/assert";
import type { CellRecord } from "../records/mod.ts";
import { fakeRecord } from "../testing.ts";
import { verdictOf } from "./verdict.ts";

const BEFORE = fakeRecord({
  metrics: {
    cleanAccuracy: { value: 0.5, unit: "fraction" },
    trainLoss: { value: 200, unit: "1", samples: [300, 200] },
    imagesPerSecond: { value: 100, unit: "images/s" },
  },
  artifacts: [{ kind: "weights", path: "w", sha256: "0" }],
});

const verdict = (own: Partial<CellRecord["metrics"]>, more: Partial<CellRecord> = {}) => {
  const metrics: CellRecord["metrics"] = JSON.parse(JSON.stringify({ ...BEFORE.metrics, ...own })); // as in a file
  return verdictOf(BEFORE, { after: { ...BEFORE, metrics, ...more }, tolerance: 0.01 });
};

Deno.test("verdictOf() calls records identical that differ in speed and times alone", () => {
  const found = verdict({ imagesPerSecond: { value: 1, unit: "images/s" } }, {
    durationMs: 5,
    runId: "other",
  });
  assertEquals(found, { verdict: "identical", first: null, compared: 3 });
});

Deno.test("verdictOf() measures fractions absolutely, the rest relatively, and names the first that differs", () => {
  const cases: [Partial<CellRecord["metrics"]>, string, string][] = [
    [
      { cleanAccuracy: { value: 0.505, unit: "fraction" } },
      "within tolerance",
      "cleanAccuracy: was 0.5, is 0.505",
    ],
    [{ cleanAccuracy: { value: 0.52, unit: "fraction" } }, "different", "cleanAccuracy: was 0.5, is 0.52"],
    [
      { trainLoss: { value: 201, unit: "1", samples: [300, 201] } },
      "within tolerance",
      "trainLoss: was 200, is 201",
    ],
    [
      { trainLoss: { value: 200, unit: "1", samples: [310, 200] } },
      "different",
      "trainLoss, sample 0: was 300, is 310",
    ],
    [{ cleanAccuracy: undefined }, "different", "cleanAccuracy: was 0.5, is absent"],
    [
      { cleanAccuracy: { value: 0.505, unit: "fraction" }, trainLoss: { value: 9, unit: "1" } },
      "different",
      "trainLoss: was 200, is 9",
    ],
  ];
  for (const [own, expected, first] of cases) {
    const found = verdict(own);
    assertEquals([found.verdict, found.first], [expected, first]);
  }
});

Deno.test("verdictOf() tells a file of other bytes, and a cell that failed", () => {
  const file = verdict({}, { artifacts: [{ kind: "weights", path: "w", sha256: "1" }] });
  assertEquals([file.verdict, file.first], ["within tolerance", "w: sha256 was 0, is 1"]);
  const failed = verdict({}, { status: "failed", reason: "Cannot train" });
  assertEquals([failed.verdict, failed.first], ["different", "status: was ok, is failed, Cannot train"]);
});
