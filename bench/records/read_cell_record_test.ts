import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { fakeRecord, NO_HASH } from "../testing.ts";
import { parseCellRecord, readCellRecord } from "./read_cell_record.ts";
import { sealed } from "./seal.ts";

const RECORD = fakeRecord({
  key: "a".repeat(64),
  inputs: { "construct/robust/seed-0": "b".repeat(64) },
  metrics: { cleanAccuracy: { value: 0.5, unit: "fraction", samples: [0.25, 0.5] } },
  timings: [{ name: "train", units: 12.5, durationMs: 3, samples: [1, 2] }],
  artifacts: [{ kind: "weights", path: "artifacts/sl/natural/seed-0/weights.safetensors", sha256: NO_HASH }],
});
const TEXT = JSON.stringify(sealed(RECORD), null, 2);

Deno.test("readCellRecord() gives back what was written, without the hash of itself", () => {
  assertEquals(readCellRecord(TEXT, RECORD.benchmark), { value: RECORD, sealed: true });
  assertEquals(readCellRecord(JSON.stringify(RECORD)), { value: RECORD, sealed: false });
  assertEquals(parseCellRecord(JSON.parse(TEXT)), RECORD);
});

Deno.test("readCellRecord() takes no record with one character changed, removed or added for another one", () => {
  for (let at = 0; at < TEXT.length; at++) {
    const flipped = String.fromCharCode(TEXT.charCodeAt(at) ^ 1 << at % 7);
    for (
      const text of [TEXT.slice(0, at) + flipped + TEXT.slice(at + 1), TEXT.slice(0, at) + TEXT.slice(at + 1)]
    ) {
      const found = readCellRecord(text);
      if ("value" in found) assertEquals(found.value, RECORD); // white space says nothing
    }
  }
});

const metric = (value: unknown, unit: unknown = "fraction", name = "a") => ({
  metrics: { [name]: { value, unit } },
});
const artifact = (path: string, sha256 = NO_HASH) => ({ artifacts: [{ kind: "weights", path, sha256 }] });
const FAULTS: [name: string, change: Record<string, unknown>, message: string][] = [
  ["a later schema", { schemaVersion: 99 }, "schemaVersion is 99, known is 1"],
  ["a missing name", { benchmark: undefined }, "benchmark is not the name of a cell, got nothing"],
  [
    "a name that leaves the folder",
    { benchmark: "../evil" },
    'benchmark is not the name of a cell, got "../evil"',
  ],
  ["an unknown status", { status: "fine" }, 'status is not one of ok, failed, skipped, quick, got "fine"'],
  ["a paradigm that is no name", { paradigm: "../x" }, "paradigm"],
  ["a seed that is text", { seed: "0" }, 'seed is not a whole number from 0, got "0"'],
  ["an origin that is no run's id", { reusedFrom: 7 }, "reusedFrom is not a string"],
  ["jobs that are no number", { jobs: "2" }, 'jobs is not a whole number from 1, got "2"'],
  ["a negative duration", { durationMs: -1 }, "durationMs is not a number from 0, got -1"],
  ["a date that is none", { startedAt: "yesterday" }, 'startedAt is not a time, got "yesterday"'],
  ["a hash that is none", { configHash: "12" }, "configHash is not a SHA-256"],
  ["kernel choices that are a list", { kernelChoices: [] }, "kernelChoices is not an object, got []"],
  ["a kernel choice without a name", { kernelChoices: { c: 3 } }, "kernelChoices.c is not a string, got 3"],
  ["a value that is null", metric(null), "metrics.a.value is not a fraction in [0, 1], got null"],
  ["an accuracy in percent", metric(65), "metrics.a.value is not a fraction in [0, 1], got 65"],
  ["an accuracy that is text", metric("0.5"), 'metrics.a.value is not a fraction in [0, 1], got "0.5"'],
  ["an unknown unit", metric(1, "parsecs"), "metrics.a.unit is not one of "],
  [
    "an accuracy of another unit",
    metric(7, "1", "cleanAccuracy"),
    "metrics.cleanAccuracy.unit is not fraction",
  ],
  ["half a byte", metric(0.5, "bytes"), "metrics.a.value is not a whole number from 0, got 0.5"],
  [
    "a negative count of operations",
    metric(-1, "1", "flops"),
    "metrics.flops.value is not a whole number from 0",
  ],
  [
    "samples that are text",
    { metrics: { a: { value: 1, unit: "1", samples: ["1"] } } },
    'metrics.a.samples[0] is not a finite number, got "1"',
  ],
  [
    "a value that is not the last of its samples",
    { metrics: { autoAttackAccuracy: { value: 0.2, unit: "fraction", samples: [0.2, 0.1] } } },
    "metrics.autoAttackAccuracy.value is not the last of its samples, 0.1, got 0.2",
  ],
  [
    "a probe curve without its epochs",
    { metrics: { probeCurve: { value: 0.2, unit: "fraction", samples: [0.1, 0.2] } } },
    "metrics.probeCurve has 2 samples, metrics.probeCurveEpochs 0",
  ],
  [
    "an artifact without hash",
    { artifacts: [{ kind: "w", path: "a" }] },
    "artifacts[0].sha256 is not a SHA-256",
  ],
  [
    "an artifact of another cell",
    artifact("artifacts/sl/other/w"),
    "artifacts[0].path leads out of the folder of",
  ],
  [
    "a path upwards",
    artifact("artifacts/sl/natural/seed-0/../w"),
    "artifacts[0].path leads out of the folder of",
  ],
  ["a machine without adapter", { machine: { name: "m" } }, "machine.adapter is not an object"],
  ["another hash of itself", { sha256: NO_HASH }, "it was damaged or edited"],
];
for (const [name, change, message] of FAULTS) {
  Deno.test(`parseCellRecord() refuses ${name}`, () => {
    const json = JSON.parse(JSON.stringify({ ...RECORD, ...change }));
    assertStringIncludes(assertThrows(() => parseCellRecord(json), SyntaxError).message, message);
  });
}

Deno.test("readCellRecord() refuses an infinite number anywhere, and more depth than a stack has", () => {
  const text = JSON.stringify({ ...RECORD, config: { lr: 0.5 } });
  const fault = (value: string) => {
    const found = readCellRecord(text.replace('"lr":0.5', `"lr":${value}`));
    return "fault" in found ? found.fault : null;
  };
  assertEquals(fault("0.5"), null);
  assertStringIncludes(fault("1e999")!, "lr is not a finite number, Infinity");
  assertEquals(typeof fault("[".repeat(200_000) + "]".repeat(200_000)), "string");
});

Deno.test("readCellRecord() tells a later version from a fault, and names every fault at once", () => {
  assertEquals(readCellRecord(JSON.stringify({ ...RECORD, schemaVersion: 2 })), {
    fault: "schemaVersion is 2, known is 1",
    later: true,
  });
  const found = readCellRecord(JSON.stringify({ ...RECORD, kind: "x", seed: null }));
  assertEquals("fault" in found && [found.fault.split("; ").length, found.later], [2, false]);
  for (const text of ["", "{", "null", "[]", "7"]) assertEquals("fault" in readCellRecord(text), true, text);
  assertEquals(readCellRecord(TEXT, "other"), {
    fault: "benchmark is sl/natural/seed-0, expected other",
    later: false,
  });
});
