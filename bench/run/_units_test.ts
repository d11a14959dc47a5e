import { assertEquals } from "@std/assert";
import { duration, percent, short, thousands } from "./_units.ts";

Deno.test("duration() picks the unit a person would", () => {
  assertEquals(duration(840), "0.8 s");
  assertEquals(duration(9_960), "10 s");
  assertEquals(duration(59_400), "59 s");
  assertEquals(duration(59_600), "1 min 00 s");
  assertEquals(duration(65_000), "1 min 05 s");
  assertEquals(duration(7_380_000), "2 h 03 min");
});

Deno.test("percent(), thousands() and short() round for display", () => {
  assertEquals(percent(0.65), "65.0 %");
  assertEquals(thousands(12_500.4), "12,500");
  assertEquals(short(0.035294), "0.0353");
  assertEquals(short(1234.5), "1,235");
});
