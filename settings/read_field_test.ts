import { assertEquals, assertThrows } from "@std/assert";
import { describeField, type Field } from "./field.ts";
import { FieldProblem, readField } from "./read_field.ts";

const INTEGER: Field = { kind: "integer", min: 1, max: 9, unit: "1", help: "" };
const FIELDS: readonly [
  field: Field,
  good: unknown,
  read: unknown,
  bad: readonly unknown[],
  words: string,
][] = [
  [INTEGER, 9, 9, [0, 10, 1.5, "3", null], "an integer of at least 1 and at most 9"],
  [
    { kind: "number", above: 0, below: 1, unit: "1", help: "" },
    0.5,
    0.5,
    [0, 1, NaN],
    "a number above 0 and below 1",
  ],
  [
    { kind: "amount", max: 1, unit: "pixel units", help: "" },
    "8/255",
    { value: 8 / 255, label: "8/255" },
    ["2", "a", true],
    'a number or a fraction such as "8/255" of at most 1',
  ],
  [{ kind: "flag", nullable: true, help: "" }, null, null, ["yes", 0], "true or false or null"],
  [{ kind: "choice", choices: ["a", "b"], help: "" }, "b", "b", ["c", 1], "one of a, b"],
  [
    { kind: "choices", choices: ["a", "b"], help: "" },
    ["b", "a"],
    ["a", "b"],
    [[], ["c"], "a"],
    "a list of some of a, b",
  ],
  [
    { kind: "integers", distinct: true, min: 0, maxItems: 2, unit: "1", help: "" },
    [2, 1],
    [2, 1],
    [[], [1, 1], [1, 2, 3], [0.5], [-1]],
    "a list of distinct integers of at least 0",
  ],
  [{ kind: "text", help: "" }, " a ", "a", ["", 1], "a text"],
];

for (const [field, good, read, bad, words] of FIELDS) {
  Deno.test(`readField() takes ${words} and nothing else`, () => {
    assertEquals(readField(field, good), read);
    for (const value of bad) assertThrows(() => readField(field, value), FieldProblem);
    assertEquals(describeField(field), words);
  });
}
