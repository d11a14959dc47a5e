import { assertEquals, assertThrows } from "@std/assert";
import { type ExpectedCell, stateOf } from "./cell_state.ts";
import { expand } from "./plan.ts";
import { recordedConfig } from "../record/record.ts";
import type { CellRecord } from "../records/mod.ts";
import { sealed } from "../records/seal.ts";
import { fakeRecord, NO_HASH, smallPreset } from "../testing.ts";
import { UsageError } from "../../common/usage_error.ts";

const CELL = expand(smallPreset()).find(({ name }) => name === "sl/natural/seed-0/attack")!;
const [KEY, CODE, INPUT, OTHER] = ["a", "c", "e", "f"].map((digit) => digit.repeat(64));
const EXPECTED: ExpectedCell = {
  code: {},
  dataset: { name: "planted", sha256: NO_HASH },
  adapter: "made up for tests, vulkan, unknown driver",
  readPath: "buffer",
  key: { key: KEY, code: CODE, inputs: { "sl/natural/seed-0": INPUT } },
};
const RECORD = fakeRecord({
  cell: CELL.name,
  kind: "attack",
  key: KEY,
  codeHash: CODE,
  inputs: { "sl/natural/seed-0": INPUT },
  config: recordedConfig(CELL),
});

/** State and reasons where a record has some fields of its own. */
function found(own: Partial<CellRecord> | Record<string, unknown>, expected: ExpectedCell = EXPECTED) {
  const state = stateOf(CELL, JSON.stringify(sealed({ ...RECORD, ...own })), expected);
  return [state.state, "why" in state ? state.why : []];
}

Deno.test("stateOf() finds a record of the same key done, whatever else it says", () => {
  assertEquals(found({}), ["done", []]);
  assertEquals(found({ runId: "other", commit: "other", durationMs: 1, preset: "other" }), ["done", []]);
});

Deno.test("stateOf() says which part of the key differs", () => {
  const key = OTHER;
  const [, adapter] = found({ key }, { ...EXPECTED, adapter: "real" });
  assertEquals(adapter, ['adapter: found "made up for tests, vulkan, unknown driver", expected "real"']);
  assertEquals(found({ key, seed: 3 }), ["stale", ["seed: found 3, expected 0"]]);
  assertEquals(found({ key, dataset: { name: "planted", sha256: OTHER } })[1], [
    `dataset.sha256: found "${OTHER}", expected "${NO_HASH}"`,
  ]);
  assertEquals(found({ key, readPath: "texture" })[1], [
    'readPath: found "texture", expected "buffer"',
  ]);
  assertEquals(found({ key, codeHash: OTHER })[1], ["the code that it uses"]);
  assertEquals(found({ key, inputs: {} })[1], ["its input sl/natural/seed-0"]);
  assertEquals(found({ key: undefined })[1], [`key: found nothing, expected "${KEY}"`]);
});

Deno.test("stateOf() has cells run again that failed, were skipped, or have no record", () => {
  assertEquals(found({ status: "failed" }), ["to do", ["it failed"]]);
  assertEquals(found({ status: "skipped" }), ["to do", ["it was skipped"]]);
  assertEquals(stateOf(CELL, null, EXPECTED).state, "to do");
});

Deno.test("stateOf() finds corrupt what is no record of the cell, and refuses a later version", () => {
  for (const text of ["", "{", "null", "[]", "7", JSON.stringify(sealed({ ...RECORD, cell: "x" }))]) {
    assertEquals(stateOf(CELL, text, EXPECTED).state, "corrupt", text);
  }
  assertThrows(() => found({ version: 3 }), UsageError, "version is 3, known are 1 to 2");
});

Deno.test("stateOf() finds corrupt what was changed by a digit, or holds what cannot be", () => {
  const accuracy = (value: unknown) => ({
    ...RECORD,
    metrics: { cleanAccuracy: { value, unit: "fraction" } },
  });
  const text = JSON.stringify(sealed(accuracy(0.5)));
  assertEquals(stateOf(CELL, text, EXPECTED).state, "done");
  assertEquals(stateOf(CELL, text.replace("0.5", "0.7"), EXPECTED).state, "corrupt");
  for (const impossible of ["7", "-0.1", "1e999", '"0.5"', "null"]) {
    const state = stateOf(CELL, text.replace("0.5", impossible), EXPECTED);
    assertEquals(state.state, "corrupt", impossible);
  }
});

Deno.test("stateOf() has a cell run again whose record has its key and no seal, as version 1 allowed", () => {
  assertEquals(stateOf(CELL, JSON.stringify(RECORD), EXPECTED).state, "corrupt");
  const { schema: _schema, version: _version, ...fields } = RECORD;
  const {
    preset: suite,
    cell: benchmark,
    codeHash: benchmarkVersion,
    readPath: kernelVariant,
    variants,
    ...rest
  } = fields;
  const first = {
    schemaVersion: 1,
    suite,
    benchmark,
    benchmarkVersion,
    kernelVariant,
    kernelChoices: variants,
    ...rest,
  };
  assertEquals(stateOf(CELL, JSON.stringify(first), EXPECTED).state, "stale");
});
