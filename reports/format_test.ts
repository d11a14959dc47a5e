import { assertEquals } from "@std/assert";
import { count, listing, mebibytes, percent, percentSpread, points, significant } from "./format.ts";
import { spread } from "../bench/statistics/spread.ts";

Deno.test("percent() shows one decimal and a no-break space", () => {
  assertEquals(percent(0.6512), "65.1\u00a0%");
});

Deno.test("points() writes a minus sign, and none before zero", () => {
  assertEquals([points(-0.0123), points(-0.0001), points(0)], ["\u22121.2", "0.0", "0.0"]);
});

Deno.test("percentSpread() shows a deviation only where there is one", () => {
  assertEquals(percentSpread(spread([0.5])!), "50.0\u00a0%");
  assertEquals(percentSpread(spread([0.4, 0.6])!), "50.0\u00a0±\u00a014.1\u00a0%");
});

Deno.test("significant() keeps three digits", () => {
  const shown = [0, 0.25, 0.033333, 312.44, 12345, -1.5, 2e-7, 3e9].map(significant);
  assertEquals(shown, ["0", "0.25", "0.0333", "312", "12345", "\u22121.5", "2.00e\u22127", "3.00e+9"]);
});

Deno.test("mebibytes() keeps three digits", () => {
  assertEquals([48 * 2 ** 20, 1536, 0].map(mebibytes), ["48 MiB", "0.00146 MiB", "0 MiB"]);
});

Deno.test("count() and listing() read as English", () => {
  assertEquals([count(1, "seed"), count(3, "seed")], ["1 seed", "3 seeds"]);
  assertEquals([listing([]), listing(["a"]), listing(["a", "b", "c"])], ["", "a", "a, b and c"]);
});
