import { assertEquals, assertThrows } from "@std/assert";
import { type Expected, stateOf } from "./cell_state.ts";
import { expand } from "./plan.ts";
import { recordedConfig } from "../record/record.ts";
import type { CellRecord } from "../schema.ts";
import { fakeRecord, smallPreset } from "../testing.ts";
import { UsageError } from "../terminal/usage_error.ts";

const CELL = expand(smallPreset()).find(({ name }) => name === "sl/natural/seed-0/attack")!;
const EXPECTED: Expected = {
  code: {},
  dataset: { name: "planted", sha256: "0" },
  adapter: "made up for tests, vulkan, unknown driver",
  kernelVariant: "buffer",
  key: { key: "k", code: "c", inputs: { "sl/natural/seed-0": "i" } },
};
const RECORD = fakeRecord({
  benchmark: CELL.name,
  kind: "attack",
  key: "k",
  benchmarkVersion: "c",
  inputs: { "sl/natural/seed-0": "i" },
  config: recordedConfig(CELL),
});

/** State and reasons where a record has some fields of its own. */
function found(own: Partial<CellRecord> | Record<string, unknown>, expected: Expected = EXPECTED) {
  const state = stateOf(CELL, JSON.stringify({ ...RECORD, ...own }), expected);
  return [state.state, "why" in state ? state.why : []];
}

Deno.test("stateOf() finds a record of the same key done, whatever else it says", () => {
  assertEquals(found({}), ["done", []]);
  assertEquals(found({ runId: "other", commit: "other", durationMs: 1, suite: "other" }), ["done", []]);
});

Deno.test("stateOf() says which part of the key differs", () => {
  const key = "other";
  const [, adapter] = found({ key }, { ...EXPECTED, adapter: "real" });
  assertEquals(adapter, ['adapter: found "made up for tests, vulkan, unknown driver", expected "real"']);
  assertEquals(found({ key, seed: 3 }), ["stale", ["seed: found 3, expected 0"]]);
  assertEquals(found({ key, dataset: { name: "planted", sha256: "1" } })[1], [
    'dataset.sha256: found "1", expected "0"',
  ]);
  assertEquals(found({ key, kernelVariant: "texture" })[1], [
    'kernelVariant: found "texture", expected "buffer"',
  ]);
  assertEquals(found({ key, benchmarkVersion: "d" })[1], ["the code that it uses"]);
  assertEquals(found({ key, inputs: {} })[1], ["its input sl/natural/seed-0"]);
  assertEquals(found({ key: undefined })[1], ['key: found nothing, expected "k"']);
});

Deno.test("stateOf() has cells run again that failed, were skipped, or have no record", () => {
  assertEquals(found({ status: "failed" }), ["to do", ["it failed"]]);
  assertEquals(found({ status: "skipped" }), ["to do", ["it was skipped"]]);
  assertEquals(stateOf(CELL, null, EXPECTED).state, "to do");
});

Deno.test("stateOf() finds corrupt what is no record of the cell, and refuses a later version", () => {
  for (const text of ["", "{", "null", "[]", "7", JSON.stringify({ ...RECORD, benchmark: "x" })]) {
    assertEquals(stateOf(CELL, text, EXPECTED).state, "corrupt", text);
  }
  assertThrows(() => found({ schemaVersion: 2 }), UsageError, "has schemaVersion 2, known is 1");
});
