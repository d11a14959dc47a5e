import { assertEquals } from "@std/assert";
import { compareChecks } from "./agreement.ts";

const OURS = { losses: [2.3, 2.2], values: [10, -0.001], "change of w": [0.5] };

Deno.test("compareChecks() accepts rounding, measured by the largest number of a list", () => {
  const theirs = { ...OURS, losses: [2.301, 2.199], values: [9.995, 0.005], more: [1] };
  assertEquals(compareChecks(theirs, OURS), { otherWorkload: null, notes: [] });
});

for (
  const [what, theirs, otherWorkload] of [
    ["other losses", { ...OURS, losses: [2.3, 2.203] }, "losses is 2.300, 2.203, ours 2.300, 2.200"],
    [
      "a loss that is not a number",
      { ...OURS, losses: [2.3, NaN] },
      "losses is 2.300, NaN, ours 2.300, 2.200",
    ],
    ["a missing list", { losses: [2.3, 2.2], "change of w": [0.5] }, "its values are 0 numbers, ours 2"],
    ["a shorter list", { ...OURS, values: [10] }, "its values are 1 numbers, ours 2"],
    ["weights that stay", { ...OURS, "change of w": [0] }, "change of w is 0.000, ours 0.5000"],
    ["weights that go too far", { ...OURS, "change of w": [1.5] }, "change of w is 1.500, ours 0.5000"],
  ] as const
) {
  Deno.test(`compareChecks() calls ${what} other work`, () => {
    assertEquals(compareChecks(theirs, OURS).otherWorkload, otherWorkload);
  });
}

Deno.test("compareChecks() notes weights that went another way, but not twice or half as far", () => {
  assertEquals(compareChecks({ ...OURS, "change of w": [0.4] }, OURS), {
    otherWorkload: null,
    notes: ["change of w is 0.4000, ours 0.5000"],
  });
});
