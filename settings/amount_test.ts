import { assert, assertAlmostEquals, assertEquals, assertFalse } from "@std/assert";
import { amount, isAmount, parseAmount } from "./amount.ts";

Deno.test("parseAmount() reads numbers, decimals and fractions and keeps how they were written", () => {
  assertEquals(parseAmount(0.25), { value: 0.25, label: "0.25" });
  assertEquals(parseAmount("0.25"), { value: 0.25, label: "0.25" });
  assertEquals(parseAmount(" 8/255 "), { value: 8 / 255, label: "8/255" });
  assertEquals(parseAmount("1e-3")?.value, 0.001);
});

Deno.test("parseAmount() returns null for what is no finite quantity", () => {
  for (const bad of ["", "a", "8/", "/255", "8/255/2", "8/0", "0x10", "Infinity", NaN, null, true, [8], {}]) {
    assertEquals(parseAmount(bad), null, JSON.stringify(bad));
  }
});

Deno.test("amount() labels a computed number with at most four significant digits", () => {
  const third = amount(1 / 3);
  assertAlmostEquals(third.value, 1 / 3);
  assertEquals(third.label, "0.3333");
  assertEquals(amount(0.0625).label, "0.0625");
});

Deno.test("isAmount() is true for amounts only", () => {
  assert(isAmount(amount(1)));
  for (
    const bad of [null, 1, "8/255", { value: 1 }, { value: "1", label: "1" }, { ...amount(1), unit: "px" }]
  ) {
    assertFalse(isAmount(bad));
  }
});
