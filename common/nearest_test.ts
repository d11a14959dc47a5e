import { assertEquals, assertStringIncludes } from "@std/assert";
import { editDistance, nearest, suggest } from "./nearest.ts";

Deno.test("editDistance() counts insertions, deletions, changes and swaps", () => {
  assertEquals(editDistance("", ""), 0);
  assertEquals(editDistance("", "abc"), 3);
  assertEquals(editDistance("kitten", "sitting"), 3);
  assertEquals(editDistance("wieght", "weight"), 1);
  assertEquals(editDistance("abc", "abc"), 0);
});

Deno.test("nearest() finds the name that was meant", () => {
  const known = ["epochs", "batchSize", "lr", "weightDecay"];
  assertEquals(nearest("epoch", known), "epochs");
  assertEquals(nearest("batchsize", known), "batchSize");
  assertEquals(nearest("wieghtDecay", known), "weightDecay");
  assertEquals(nearest("weight", known), "weightDecay");
  assertEquals(nearest("learningRate", known), null);
  assertEquals(nearest("", known), null);
  assertEquals(nearest("quik", ["smoke", "quick"]), "quick");
});

Deno.test("suggest() always lists the known names", () => {
  assertEquals(suggest("quik", ["quick", "smoke"]), "did you mean quick, known are quick, smoke");
  assertStringIncludes(suggest("zebra", ["quick", "smoke"]), "known are quick, smoke");
});
