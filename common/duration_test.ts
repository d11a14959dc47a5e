import { assert, assertEquals, assertMatch } from "@std/assert";
import { duration } from "./duration.ts";

Deno.test("duration() picks the unit a person would", () => {
  const shown = [0, 850, 1000, 9_900, 12_340, 65_000, 245_000, 7_380_000].map(duration);
  assertEquals(shown, [
    "0 ms",
    "850 ms",
    "1.0 s",
    "9.9 s",
    "12 s",
    "1 min 05 s",
    "4 min 05 s",
    "2 h 03 min",
  ]);
});

Deno.test("duration() rounds up into the next unit", () => {
  const shown = [999.6, 9_960, 59_600, 119_700, 3_599_600, 7_170_000, 7_199_600].map(duration);
  assertEquals(shown, [
    "1.0 s",
    "10 s",
    "1 min 00 s",
    "2 min 00 s",
    "1 h 00 min",
    "2 h 00 min",
    "2 h 00 min",
  ]);
});

Deno.test("duration() shows no unit that is full, and never less for more", () => {
  const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };
  const VALUE = /^(\d{1,3} ms|\d\.\d s|[1-5]\d s|[1-5]?\d min [0-5]\d s|\d+ h [0-5]\d min)$/;
  let before = 0;
  for (let ms = 0.1; ms < 1e8; ms *= 1.0007) {
    const text = duration(ms);
    assertMatch(text, VALUE, `of ${ms}`);
    const shown = [...text.matchAll(/([\d.]+) (\w+)/g)].reduce(
      (sum, [, n, unit]) => sum + Number(n) * UNITS[unit],
      0,
    );
    assert(shown >= before && Math.abs(shown - ms) <= Math.max(0.5, ms / 20), `${text} of ${ms}`);
    before = shown;
  }
});
