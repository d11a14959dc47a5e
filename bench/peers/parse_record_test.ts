import { assertEquals, assertThrows } from "@std/assert";
import { parsePeersRecord } from "../schema.ts";
import { fakePeersRecord } from "./testing.ts";

/** The record with some fields of one's own, as JSON brings it. */
function json(own: object = {}): unknown {
  return JSON.parse(JSON.stringify({ ...fakePeersRecord(), ...own }));
}

Deno.test("parsePeersRecord() returns what it was given", () => {
  assertEquals(parsePeersRecord(json()), fakePeersRecord());
});

const [row] = fakePeersRecord().rows;

for (
  const [given, message] of [
    [[], "it is not a JSON object"],
    [json({ schema: "other" }), `schema is not realfeatures/peers, got "other"`],
    [json({ version: 2 }), "version is 2, known is 1"],
    [json({ rounds: 0 }), "record.rounds is not a whole number from 1, got 0"],
    [json({ commit: 5 }), "record.commit is not a string, got 5"],
    [json({ machine: "here" }), `record.machine is not an object, got "here"`],
    [
      json({ rows: [{ ...row, samplesMs: [1, -1] }] }),
      "rows[0].samplesMs[1] is not a positive number, got -1",
    ],
    [
      json({ rows: [{ ...row, ratio: { median: 1 } }] }),
      "record.rows[0].ratio.rounds is not a list, got nothing",
    ],
    [json({ rows: [{ ...row, checks: { losses: "2" } }] }), `rows[0].checks.losses is not a list, got "2"`],
    [
      json({ rows: [{ ...row, peer: "who", work: "what" }] }),
      `rows[0] names no work, got "what"; rows[0] names no peer`,
    ],
    [json({ rows: [{ ...row, samplesMs: [1] }] }), "rows[0] holds 1 numbers for 2 rounds"],
  ] as const
) {
  Deno.test(`parsePeersRecord() refuses a record in which ${message}`, () => {
    const error = assertThrows(() => parsePeersRecord(given), SyntaxError);
    assertEquals(error.message.startsWith("Cannot read record of peers: "), true);
    assertEquals(error.message.includes(message), true, error.message);
  });
}

Deno.test("parsePeersRecord() names every fault", () => {
  assertThrows(
    () => parsePeersRecord(json({ command: 1, kernelVariant: null })),
    SyntaxError,
    "record.command is not a string, got 1; record.kernelVariant is not a string, got null",
  );
});
