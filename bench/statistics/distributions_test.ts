import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  evenSplitTail,
  normalBelow,
  normalQuantile,
  normalTail,
  studentQuantile,
  studentTail,
  Z_95,
} from "./distributions.ts";

// Percentage points of Student's t, as printed in any table of it.
for (
  const [p, degrees, value] of [
    [0.975, 1, 12.706],
    [0.975, 2, 4.303],
    [0.975, 3, 3.182],
    [0.975, 4, 2.776],
    [0.975, 9, 2.262],
    [0.975, 30, 2.042],
    [0.975, 120, 1.98],
    [0.9995, 4, 8.61],
    [0.9995, 9, 4.781],
    [0.75, 3, 0.765],
  ]
) {
  Deno.test(`studentQuantile() agrees with the table at ${p} and ${degrees} degrees of freedom`, () => {
    assertAlmostEquals(studentQuantile(p, degrees), value, 6e-4);
    assertAlmostEquals(studentTail(studentQuantile(p, degrees), degrees), 2 * (1 - p), 1e-8);
  });
}

Deno.test("studentQuantile() has the closed forms at one and two degrees of freedom", () => {
  for (const p of [0.01, 0.6, 0.9, 0.99]) {
    assertAlmostEquals(studentQuantile(p, 1), Math.tan(Math.PI * (p - 0.5)), 1e-6);
    assertAlmostEquals(studentQuantile(p, 2), (2 * p - 1) / Math.sqrt(2 * p * (1 - p)), 1e-6);
  }
});

Deno.test("studentTail() has the closed form at four degrees of freedom, at the ends too", () => {
  for (const t of [0.3, 1, 2.776, 5, 20]) {
    const s = t / Math.sqrt(4 + t * t); // P(|T| < t) = s (1 + (1 - s²) / 2), Abramowitz & Stegun 26.7.4
    assertAlmostEquals(studentTail(t, 4), 1 - s * (1 + (1 - s * s) / 2), 1e-9);
    assertEquals(studentTail(t, 4), studentTail(-t, 4));
  }
  assertEquals([studentTail(0, 3), studentTail(Infinity, 3), studentTail(-Infinity, 3)], [1, 0, 0]);
});

Deno.test("normalQuantile() and its inverses agree with the table", () => {
  assertAlmostEquals(normalQuantile(0.975), Z_95, 1e-9);
  assertAlmostEquals(normalQuantile(0.995), 2.575829, 1e-6);
  assertAlmostEquals(normalBelow(1), 0.841345, 1e-6);
  assertAlmostEquals(normalBelow(-3), 0.00134990, 1e-8);
  assertAlmostEquals(normalTail(Z_95), 0.05, 1e-10);
  assertEquals(normalTail(0), 1);
});

Deno.test("evenSplitTail() counts subsets", () => {
  assertAlmostEquals(evenSplitTail(0, 5), 2 / 32, 1e-12);
  assertAlmostEquals(evenSplitTail(1, 8), 2 * 9 / 256, 1e-12);
  assertAlmostEquals(evenSplitTail(7, 8), 2 * 9 / 256, 1e-12);
  assertEquals([evenSplitTail(0, 0), evenSplitTail(3, 6)], [1, 1]);
});

Deno.test("distributions refuse what they cannot answer", () => {
  assertThrows(() => studentQuantile(1, 3), RangeError, "p must be in (0, 1), got 1");
  assertThrows(() => studentQuantile(0.9, 0), RangeError, "degrees must be positive, got 0");
  assertThrows(() => studentTail(NaN, 3), RangeError, "t must be a number, got NaN");
  assertThrows(() => normalQuantile(0), RangeError, "p must be in (0, 1), got 0");
  assertThrows(() => evenSplitTail(3, 2), RangeError, "expected 0 to n of n, got 3 of 2");
});
