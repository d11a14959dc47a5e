import { assertAlmostEquals, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../../common/usage_error.ts";
import { OptionFault } from "../../common/command_line/mod.ts";
import { checkReach, parseEps } from "./eps.ts";

Deno.test("parseEps() reads fractions, numbers and steps of a pixel, in units in which pixels go from 0 to 1", () => {
  for (const text of ["8/255", "8px", " 8 PX ", "8.0/255"]) {
    assertAlmostEquals(parseEps(text, "Linf").value, 8 / 255, 1e-15, text);
  }
  assertEquals(parseEps("0.03137", "Linf"), { value: 0.03137, label: "0.03137" });
  assertEquals(parseEps("1", "Linf").value, 1);
  assertEquals(parseEps("0.5px", "Linf"), { value: 0.5 / 255, label: "0.5/255" });
  assertEquals(parseEps("1.5", "L2"), { value: 1.5, label: "1.5" });
  assertEquals(parseEps("128px", "L2").value, 128 / 255);
});

const REFUSED: [text: string, norm: "Linf" | "L2", message: string][] = [
  ["8", "Linf", "at most 1, since pixels go from 0 to 1, given 8\nHint: write 8/255 or 8px for 8 of the 255"],
  ["256px", "Linf", "at most 1, since pixels go from 0 to 1, given 256px\nHint: write 8/255 or 8px"],
  ["1000", "Linf", "given 1000\nHint: write 8/255 or 8px"],
  ["0", "Linf", "a radius is above 0, given 0\nHint: write 8/255"],
  ["-8/255", "L2", "a radius is above 0, given -8/255"],
  ["8/0", "Linf", "it must be a number, a fraction or steps of a pixel, given 8/0"],
  ["8/255px", "Linf", "given 8/255px\nHint: write 0.03137, 8/255 or 8px"],
  ["eight", "L2", "given eight"],
  ["NaN", "L2", "given NaN"],
  ["px", "Linf", "given px"],
];

for (const [text, norm, message] of REFUSED) {
  Deno.test(`parseEps() refuses ${text} in ${norm}`, () => {
    const { message: reason, hint } = assertThrows(() => parseEps(text, norm), OptionFault);
    assertStringIncludes(`${reason}, given ${text}\nHint: ${hint}`, message);
  });
}

Deno.test("checkReach() refuses an L2 radius that no two images exceed", () => {
  const eps = (value: number) => ({ value, label: String(value) });
  checkReach(eps(55.4), { norm: "L2", values: 3072 });
  checkReach(eps(1), { norm: "Linf", values: 1 });
  assertThrows(
    () => checkReach(eps(128), { norm: "L2", values: 3072 }),
    UsageError,
    "than 55.4, given 128\nHint: write 0.5, or 128/255",
  );
});
