import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { parsePreset } from "./parse_preset.ts";
import { UsageError } from "../../common/usage_error.ts";

const parse = (body: string) => {
  const text = `name: a\ndescription: b\ndataset: { testSize: 50 }\nevaluation: { autoAttack: ${body} }`;
  return parsePreset(text, { source: "a.yaml" }).evaluation.autoAttack;
};
const refusal = (body: string) => assertThrows(() => parse(body), UsageError).message;

const STANDARD = {
  version: "standard",
  images: 50,
  attacks: ["apgd-ce", "apgd-t", "fab-t", "square"],
  iterations: 100,
  queries: 5000,
} as const;

Deno.test("readAutoAttack() is standard on the first images unless told otherwise, null where it is left out", () => {
  assertEquals(parse("{}"), STANDARD);
  assertEquals(parse("{ images: 7 }"), { ...STANDARD, images: 7 });
  assertEquals(parse("null"), null);
  const { evaluation } = parsePreset("name: a\ndescription: b", { source: "a.yaml" });
  assertEquals(evaluation.autoAttack, { ...STANDARD, images: 64 });
});

Deno.test("readAutoAttack() gives a version its own attacks, in its own order", () => {
  const plus = parse("{ version: plus, attacks: [apgd-ce, apgd-dlr, apgd-t, fab, fab-t, square] }");
  assertEquals(plus?.attacks, ["apgd-ce", "apgd-dlr", "fab", "square", "apgd-t", "fab-t"]);
  assertEquals(parse("{ version: rand }")?.attacks, ["apgd-ce", "apgd-dlr"]);
  assertEquals(parse("{ version: standard, queries: 5000 }"), STANDARD);
});

Deno.test("readAutoAttack() calls nothing standard that is not", () => {
  const hint = /\nHint: say version: custom to change them$/;
  for (
    const [body, problem] of [
      [
        "{ queries: 200 }",
        /autoAttack\.queries is 200, but standard has 5000, versions are standard, plus, rand/,
      ],
      ["{ version: plus, iterations: 10 }", /autoAttack\.iterations is 10, but plus has 100/],
      [
        "{ attacks: [apgd-ce] }",
        /autoAttack\.attacks is apgd-ce, but standard has apgd-ce, apgd-t, fab-t, square/,
      ],
    ] as const
  ) {
    assertMatch(refusal(body), problem);
    assertMatch(refusal(body), hint);
  }
  const own = "{ version: custom, images: 5, attacks: [square, apgd-t], iterations: 3, queries: 20 }";
  assertEquals(parse(own), {
    version: "custom",
    images: 5,
    attacks: ["apgd-t", "square"],
    iterations: 3,
    queries: 20,
  });
});

Deno.test("readAutoAttack() refuses what cannot be run", () => {
  assertMatch(refusal("{ images: 51 }"), /autoAttack\.images must be at most dataset\.testSize 50, given 51/);
  assertMatch(
    refusal("{ version: standart }"),
    /is "standart", did you mean standard, known are standard, plus/,
  );
  assertMatch(
    refusal("{ attacks: [pgd] }"),
    /autoAttack\.attacks holds "pgd", .*known are apgd-ce, apgd-dlr/,
  );
  assertMatch(refusal("{ attack: [square] }"), /autoAttack\.attack is not a known key, did you mean attacks/);
  assertMatch(refusal("{ queries: 0 }"), /autoAttack\.queries must be an integer of at least 1/);
});
