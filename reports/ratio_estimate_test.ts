import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Ratio, ratioEstimate } from "./ratio_estimate.ts";

const first = ([value]: readonly number[]) => value;
const ratio = (fields: Partial<Ratio> = {}): Ratio => ({
  seed: 0,
  accuracy: 0.3,
  natural: 0.6,
  chance: 0.1,
  testSize: 500,
  ...fields,
});

Deno.test("ratioEstimate() gives the same interval for the same values", () => {
  assertEquals(ratioEstimate([[ratio()]], first), ratioEstimate([[ratio()]], first));
});

Deno.test("ratioEstimate() may lie below 0 and above 1", () => {
  assertEquals(ratioEstimate([[ratio({ accuracy: 0.05 })]], first).mean! < 0, true);
  assertEquals(ratioEstimate([[ratio({ accuracy: 0.7 })]], first).mean! > 1, true);
});

Deno.test("ratioEstimate() gives no interval where natural may well be at chance", () => {
  const { interval, reasons } = ratioEstimate([[ratio({ natural: 0.115 })]], first);
  assertEquals(interval, null);
  assertStringIncludes(reasons[0], "natural is too close to chance");
});

Deno.test("ratioEstimate() of nothing is undefined, not 0", () => {
  assertEquals(ratioEstimate([[{ seed: 3, reason: "why" }]], first), {
    seeds: [],
    mean: null,
    interval: null,
    source: null,
    reasons: ["why"],
  });
});
