import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { fakePerfRecord } from "../perf/testing.ts";
import { PERF_RECORD } from "./perf_record.ts";
import { readFixture } from "./testing/fixtures.ts";

Deno.test("PERF_RECORD reads what it writes, with its seal", () => {
  const record = fakePerfRecord();
  assertEquals(PERF_RECORD.read(PERF_RECORD.write(record)), { value: record, sealed: true, version: 2 });
});

const [ceiling] = fakePerfRecord().ceilings;
const [kernel] = fakePerfRecord().kernels;

const FAULTS: [what: string, change: Record<string, unknown>, fault: string][] = [
  ["another schema", { schema: "other" }, 'schema is not realfeatures/perf, got "other"'],
  ["a later version", { version: 3 }, "it was written by a later version of this program: version is 3"],
  ["no kernels", { kernels: undefined }, "kernels is missing"],
  [
    "a sample that is not a number",
    { ceilings: [{ ...ceiling, samples: [1, null] }] },
    "ceilings[0].samples[1] is not a positive number, got null",
  ],
  [
    "a unit that differs",
    { ceilings: [{ ...ceiling, unit: "us" }] },
    'ceilings[0].unit is not GFLOP/s, the unit of arithmetic, got "us"',
  ],
  [
    "an unknown unit",
    { ceilings: [{ ...ceiling, unit: "FLOP/s" }] },
    "ceilings[0].unit is not one of GFLOP/s",
  ],
  ["no samples", { kernels: [{ ...kernel, samplesMs: [] }] }, "kernels[0].samplesMs is empty"],
  ["a name twice", { kernels: [kernel, kernel] }, 'kernels holds "matmul" twice'],
  [
    "a damaged start",
    { start: { network: "a", cold: [{}], second: [], warm: [] } },
    "start.cold[0].loadMs is missing",
  ],
  ["no adapter", { machine: { name: "a", os: "b", cpu: "c", cores: 1 } }, "machine.adapter is missing"],
  ["two faults", { startedAt: 3, soak: 4 }, "startedAt is not a time, got 3; soak is not an object, got 4"],
];

for (const [what, change, fault] of FAULTS) {
  Deno.test(`PERF_RECORD refuses ${what}`, () => {
    const json = JSON.parse(JSON.stringify({ ...fakePerfRecord(), ...change }));
    const { message } = assertThrows(() => PERF_RECORD.parse(json), SyntaxError);
    assertStringIncludes(message, "Cannot read the record of bench perf: ");
    assertStringIncludes(message, fault);
  });
}

Deno.test("PERF_RECORD refuses a record without its seal, or with a digit that changed", () => {
  const record = fakePerfRecord();
  assertThrows(() => PERF_RECORD.parse({ ...record }), SyntaxError, "sha256 is missing");
  const edited = { ...JSON.parse(PERF_RECORD.write(record)), durationMs: 60_001 };
  assertThrows(() => PERF_RECORD.parse(edited), SyntaxError, "its content has another sha256");
});

Deno.test("PERF_RECORD migrates version 1", async () => {
  const { json, text } = await readFixture("v1/perf.json"), found = PERF_RECORD.read(text);
  if (!("value" in found)) throw new Error(found.fault);
  const { value, version, sealed } = found;
  assertEquals([value.version, version, sealed], [2, 1, false]);
  assertEquals([value.readPath, value.variants], [json.kernelVariant, json.kernelChoices]);
  for (const part of ["ceilings", "kernels", "training", "attacks", "start", "soak", "machine"] as const) {
    assertEquals(value[part], json[part]);
  }
  const wrong = { ...json, peakBytes: "many" };
  assertThrows(
    () => PERF_RECORD.parse(wrong),
    SyntaxError,
    'of version 1, read as 2: peakBytes is not a whole number from 0, got "many"',
  );
});
