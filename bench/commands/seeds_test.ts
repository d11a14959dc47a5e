import { assertEquals, assertThrows } from "@std/assert";
import { OptionFault } from "../../common/command_line/mod.ts";
import { SEEDS } from "./seeds.ts";

Deno.test("SEEDS reads lists and ranges with both ends", () => {
  assertEquals(SEEDS.read("0,1,2"), [0, 1, 2]);
  assertEquals(SEEDS.read("0..4"), [0, 1, 2, 3, 4]);
  assertEquals(SEEDS.read("7, 1..2"), [7, 1, 2]);
  assertEquals(SEEDS.read("3..3"), [3]);
});

Deno.test("SEEDS refuses anything else", () => {
  for (
    const bad of [
      "",
      "a",
      "-1",
      "1.5",
      "1,",
      "0...4",
      "0..",
      "..4",
      "1e3",
      "4..0",
      "1,1",
      "0..3,2",
      "0..1000",
    ]
  ) {
    assertThrows(() => SEEDS.read(bad), OptionFault, undefined, bad);
  }
  assertThrows(() => SEEDS.read("0..1000000000"), OptionFault, "at most 1000 seeds can be named");
  assertThrows(
    () => SEEDS.read("9007199254740992"),
    OptionFault,
    "a seed is a whole number of at most 9007199254740991",
  );
  assertEquals(SEEDS.read("0..999").length, 1000);
  assertEquals(SEEDS.read("9007199254740991"), [2 ** 53 - 1]);
});
