import { assertEquals } from "@std/assert";
import { percent, short, thousands } from "./_units.ts";

Deno.test("percent(), thousands() and short() round for display", () => {
  assertEquals(percent(0.65), "65.0 %");
  assertEquals(thousands(12_500.4), "12,500");
  assertEquals(short(0.035294), "0.0353");
  assertEquals(short(1234.5), "1,235");
});
