import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { fakePeersRecord } from "../peers/testing.ts";
import { PEERS_RECORD } from "./peers_record.ts";
import { readFixture } from "./testing/fixtures.ts";

Deno.test("PEERS_RECORD reads what it writes, with its seal", () => {
  const record = fakePeersRecord();
  assertEquals(PEERS_RECORD.read(PEERS_RECORD.write(record)), { value: record, sealed: true, version: 2 });
});

const [row] = fakePeersRecord().rows;

const FAULTS: [what: string, change: Record<string, unknown>, fault: string][] = [
  ["another schema", { schema: "other" }, 'schema is not realfeatures/peers, got "other"'],
  ["a later version", { version: 3 }, "it was written by a later version of this program: version is 3"],
  ["no round", { rounds: 0 }, "rounds is not a whole number from 1, got 0"],
  ["a commit that is a number", { commit: 5 }, "commit is not a string, got 5"],
  ["a machine that is text", { machine: "here" }, 'machine is not an object, got "here"'],
  [
    "a negative time",
    { rows: [{ ...row, samplesMs: [1, -1] }] },
    "rows[0].samplesMs[1] is not a positive number, got -1",
  ],
  ["a ratio without rounds", { rows: [{ ...row, ratio: { median: 1 } }] }, "rows[0].ratio.rounds is missing"],
  [
    "checks that are text",
    { rows: [{ ...row, checks: { losses: "2" } }] },
    'rows[0].checks.losses is not a list, got "2"',
  ],
  [
    "unknown names",
    { rows: [{ ...row, framework: "who", workload: "what" }] },
    'rows[0].workload is not among workloads, got "what"; rows[0].framework is not among frameworks, got "who"',
  ],
  [
    "too few samples",
    { rows: [{ ...row, samplesMs: [1] }] },
    "rows[0].samplesMs holds 1 numbers for 2 rounds",
  ],
  ["two faults", { command: 1, readPath: null }, "command is not a string, got 1; readPath is not a string"],
];

for (const [what, change, fault] of FAULTS) {
  Deno.test(`PEERS_RECORD refuses ${what}`, () => {
    const json = JSON.parse(JSON.stringify({ ...fakePeersRecord(), ...change }));
    const { message } = assertThrows(() => PEERS_RECORD.parse(json), SyntaxError);
    assertStringIncludes(message, "Cannot read the record of bench peers: ");
    for (const part of fault.split("; ")) assertStringIncludes(message, part);
  });
}

Deno.test("PEERS_RECORD migrates version 1, which had works and peers", async () => {
  const { json, text } = await readFixture("v1/peers.json"), found = PEERS_RECORD.read(text);
  if (!("value" in found)) throw new Error(found.fault);
  const { value, version } = found;
  assertEquals([value.version, version], [2, 1]);
  assertEquals([value.workloads, value.frameworks, value.readPath], [
    json.works,
    json.peers,
    json.kernelVariant,
  ]);
  assertEquals(
    value.rows.map(({ workload, framework, ...rest }) => ({ work: workload, peer: framework, ...rest })),
    json.rows,
  );
});
