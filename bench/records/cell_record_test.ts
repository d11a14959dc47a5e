import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { fakeRecord, NO_HASH } from "../testing.ts";
import { CELL_RECORD, readCellRecord } from "./cell_record.ts";
import { sealed } from "./seal.ts";

const RECORD = fakeRecord({
  key: "a".repeat(64),
  inputs: { "construct/robust/seed-0": "b".repeat(64) },
  metrics: { cleanAccuracy: { value: 0.5, unit: "fraction", samples: [0.25, 0.5] } },
  timings: [{ name: "train", units: 12.5, durationMs: 3, samples: [1, 2] }],
  artifacts: [{ kind: "weights", path: "artifacts/sl/natural/seed-0/weights.safetensors", sha256: NO_HASH }],
});
const TEXT = CELL_RECORD.write(RECORD);

Deno.test("readCellRecord() gives back what was written, without the seal", () => {
  assertEquals(readCellRecord(TEXT, RECORD.cell), { value: RECORD, sealed: true, version: 2 });
  assertEquals(readCellRecord(JSON.stringify(RECORD)), { fault: "sha256 is missing", later: false });
  assertEquals(CELL_RECORD.parse(JSON.parse(TEXT)), RECORD);
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
  [
    "a later version",
    { version: 99 },
    "version is 99, known are 1 to 2",
  ],
  ["a missing name", { cell: undefined }, "cell is missing"],
  [
    "a name that leaves the folder",
    { cell: "../evil" },
    'cell is not the name of a cell, got "../evil"',
  ],
  ["an unknown status", { status: "fine" }, 'status is not one of ok, failed, skipped, quick, got "fine"'],
  ["a paradigm that is not a name", { paradigm: "../x" }, "paradigm is not a name of letters"],
  ["a seed that is text", { seed: "0" }, 'seed is not a whole number from 0, got "0"'],
  ["an origin that is not a run's id", { reusedFrom: 7 }, "reusedFrom is not a string"],
  ["jobs that are not a number", { jobs: "2" }, 'jobs is not a whole number from 1, got "2"'],
  ["a negative duration", { durationMs: -1 }, "durationMs is not a number from 0, got -1"],
  ["an invalid date", { startedAt: "yesterday" }, 'startedAt is not a time, got "yesterday"'],
  ["an invalid hash", { configHash: "12" }, "configHash is not a SHA-256"],
  ["kernel choices that are a list", { variants: [] }, "variants is not an object, got []"],
  ["a kernel choice without a name", { variants: { c: 3 } }, "variants.c is not a string, got 3"],
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
    "metrics.probeCurve has 2 samples, .probeCurveEpochs 0",
  ],
  [
    "an artifact without hash",
    { artifacts: [{ kind: "w", path: "a" }] },
    "artifacts[0].sha256 is missing",
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
  ["a machine without adapter", { machine: { name: "m" } }, "machine.adapter is missing"],
  ["another hash of itself", { sha256: NO_HASH }, "it was damaged or edited"],
];
for (const [name, change, message] of FAULTS) {
  Deno.test(`CELL_RECORD.parse() refuses ${name}`, () => {
    const json = { ...sealed(JSON.parse(JSON.stringify({ ...RECORD, ...change }))), ...change };
    assertStringIncludes(assertThrows(() => CELL_RECORD.parse(json), SyntaxError).message, message);
  });
}

Deno.test("readCellRecord() refuses the record of another cell", () => {
  assertEquals(readCellRecord(TEXT, "other"), {
    fault: "cell is sl/natural/seed-0, expected other",
    later: false,
  });
});

for (const kind of ["train", "probe", "attack", "construct"]) {
  Deno.test(`readCellRecord() migrates version 1 of a ${kind} cell, with a seal or without`, async () => {
    const text = await Deno.readTextFile(
      new URL(`testing/v1/${kind === "attack" ? "attack_cell" : kind}.json`, import.meta.url),
    );
    const {
      schemaVersion,
      suite,
      benchmark,
      benchmarkVersion,
      kernelVariant,
      kernelChoices,
      sha256,
      ...rest
    } = JSON.parse(text);
    const value = {
      ...rest,
      schema: "realfeatures/cell",
      version: 2,
      config: { ...rest.config, ...(rest.paradigm && { paradigmLabel: "supervised learning (SL)" }) },
      preset: suite,
      cell: benchmark,
      codeHash: benchmarkVersion,
      readPath: kernelVariant,
      variants: kernelChoices,
    };
    assertEquals([schemaVersion, value.kind, sha256.length], [1, kind, 64]);
    assertEquals(readCellRecord(text, benchmark), { value, sealed: true, version: 1 });
    const { sha256: _, ...unsealed } = JSON.parse(text);
    assertEquals(readCellRecord(JSON.stringify(unsealed)), { value, sealed: false, version: 1 });
    const found = readCellRecord(text.replace('"seed": 0', '"seed": 1'));
    assertStringIncludes(
      "fault" in found ? found.fault : "",
      "of version 1, read as 2: its content has another sha256",
    );
  });
}

Deno.test("readCellRecord() fills in what the oldest records of version 1 left out", async () => {
  const text = await Deno.readTextFile(new URL("testing/v1/train.json", import.meta.url));
  const {
    sha256: _,
    key: _key,
    inputs: _inputs,
    kernelChoices: _choices,
    jobs: _jobs,
    timings: _timings,
    ...oldest
  } = JSON.parse(text);
  const { inputs, variants, jobs, timings } = CELL_RECORD.parse(oldest);
  assertEquals({ inputs, variants, jobs, timings }, { inputs: {}, variants: {}, jobs: 1, timings: [] });
});
