import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { parsePerfRecord } from "./parse_record.ts";
import { fakePerfRecord } from "./testing.ts";

/** The record as it comes from a file. */
function fromFile(): Record<string, unknown> {
  return JSON.parse(JSON.stringify(fakePerfRecord()));
}

Deno.test("parsePerfRecord() takes a record as bench perf writes it", () => {
  assertEquals(parsePerfRecord(fromFile()), fakePerfRecord());
});

for (
  const [what, change, message] of [
    ["a list", [], /it is not a JSON object$/],
    ["another schema", { schema: "other" }, /schema is not realfeatures\/perf, got "other"$/],
    ["a later version", { version: 2 }, /version is 2, known is 1$/],
    ["no kernels", { kernels: undefined }, /kernels is not a list, got nothing$/],
    [
      "a sample that is no number",
      { ceilings: [{ name: "a", unit: "us", samples: [1, null] }] },
      /ceilings\[0\]\.samples/,
    ],
    [
      "no samples",
      { attacks: [{ ...fakePerfRecord().attacks[0], samplesMs: [] }] },
      /attacks\[0\]\.samplesMs is not a list/,
    ],
    [
      "a name twice",
      { kernels: [0, 1].map(() => fakePerfRecord().kernels[0]) },
      /kernels holds "matmul" twice$/,
    ],
    [
      "a broken start",
      { start: { network: "a", cold: [{}], second: [], warm: [] } },
      /start\.cold\[0\]\.loadMs is not a finite/,
    ],
    [
      "no adapter",
      { machine: { name: "a", os: "b", cpu: "c", cores: 1 } },
      /machine\.adapter is not an object/,
    ],
  ] as const
) {
  Deno.test(`parsePerfRecord() refuses ${what}`, () => {
    const json = Array.isArray(change) ? change : { ...fromFile(), ...change };
    assertMatch(assertThrows(() => parsePerfRecord(json), SyntaxError).message, message);
  });
}

Deno.test("parsePerfRecord() names every fault", () => {
  const { message } = assertThrows(
    () => parsePerfRecord({ ...fromFile(), startedAt: 3, soak: 4 }),
    SyntaxError,
  );
  assertMatch(message, /startedAt is not a string, got 3; soak is not an object, got 4$/);
});
