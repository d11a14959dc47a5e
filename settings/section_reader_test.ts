import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import type { Fields } from "./field.ts";
import { SectionReader } from "./section_reader.ts";

interface Walk {
  readonly steps: number;
  readonly rate: number;
}

const WALK: Fields<Walk> = {
  steps: {
    kind: "integer",
    min: 1,
    default: 10,
    unit: "steps",
    help: "gradient steps",
    renamedFrom: ["iterations"],
  },
  rate: { kind: "number", above: 0, unit: "1", help: "how fast" },
};

/** Reads a mapping as if it stood in a file. */
function reader(raw: unknown, text = "") {
  return new SectionReader(raw, { text, source: "mine.yaml" });
}

Deno.test("fields() fills in defaults, the caller's before the table's, and refuses what is required and absent", () => {
  assertEquals(reader({ rate: 2 }).fields(WALK), { steps: 10, rate: 2 });
  assertEquals(reader({ rate: 2 }).fields(WALK, { steps: 3 }), { steps: 3, rate: 2 });
  assertThrows(() => reader({}).fields(WALK), SyntaxError, "rate is missing, how fast");
});

Deno.test("checkKeys() refuses a key that was renamed by its present name, with the line", () => {
  const error = assertThrows(
    () => reader({ walk: { iterations: 3 } }, "walk:\n  iterations: 3\n").section("walk").checkKeys(WALK),
    SyntaxError,
  );
  assertEquals(
    error.message,
    "Cannot read preset mine.yaml, line 2: walk.iterations was renamed, its name is steps",
  );
});

Deno.test("checkKeys() names the nearest of the table's keys and the others", () => {
  const refused = (key: string) =>
    assertThrows(
      () => reader({ [key]: 1 }).checkKeys(WALK, { others: ["attack"], of: "of a walk" }),
      SyntaxError,
    )
      .message;
  assertMatch(
    refused("stepz"),
    /stepz is not a known key of a walk, did you mean steps, known are steps, rate, attack$/,
  );
  assertMatch(refused("atack"), /did you mean attack/);
});

Deno.test("error() is of the kind that the file asks for, and never throws for a key that is not in the text", () => {
  class Refusal extends Error {}
  const file = { text: "a: 1\n", source: "b.yaml", error: (message: string) => new Refusal(message) };
  const { message } = assertThrows(() => new SectionReader([1], { ...file, path: ["b"] }), Refusal);
  assertEquals(message, "Cannot read preset b.yaml: b must be a mapping of keys to values, given a list [1]");
});
