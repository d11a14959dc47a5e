import { assert, assertEquals, assertThrows } from "@std/assert";
import { newManifest } from "../store/run_manifest.ts";
import { UsageError } from "../terminal/usage_error.ts";
import { smallPreset } from "../testing.ts";
import { parseRunManifest, readManifest } from "./read_manifest.ts";

const IDENTITY = {
  benchmarkVersion: "v",
  dataset: { name: "planted", sha256: "0" },
  adapter: "made up",
  kernelVariant: "buffer",
};
const MANIFEST = newManifest(smallPreset(), {
  cells: [],
  command: "",
  startedAt: new Date(0),
  identity: IDENTITY,
  jobs: 1,
});

Deno.test("parseRunManifest() accepts a manifest, also one of before runs could be resumed", () => {
  const { identity: _identity, ...older } = MANIFEST;
  for (const manifest of [MANIFEST, older]) {
    const text = JSON.stringify(manifest);
    assertEquals(parseRunManifest("a", text), JSON.parse(text));
  }
});

Deno.test("readManifest() says what is wrong, and whether another version of the schema wrote it", () => {
  const cases: [unknown, string, boolean?][] = [
    [[], "is not a JSON object"],
    [{}, "has schemaVersion nothing, known is 1"],
    [{ ...MANIFEST, schemaVersion: 99 }, "has schemaVersion 99, known is 1", true],
    [{ ...MANIFEST, schemaVersion: "99" }, 'has schemaVersion "99", known is 1'],
    [{ ...MANIFEST, runId: 1 }, "lacks runId, startedAt or durationMs"],
    [{ ...MANIFEST, startedAt: "then" }, "lacks runId, startedAt or durationMs"],
    [{ ...MANIFEST, preset: null }, "holds no preset"],
    [{ ...MANIFEST, cells: ["sl/../../evil"] }, "lists no names of cells"],
    [{ ...MANIFEST, identity: {} }, "holds no identity"],
    [{ ...MANIFEST, resumedAt: [1] }, "holds no times in resumedAt"],
  ];
  for (const [json, reason, otherVersion = false] of cases) {
    assertEquals(readManifest(JSON.stringify(json)), { reason, otherVersion });
  }
  const evil = readManifest(JSON.stringify({ ...MANIFEST, suite: "../evil" }));
  assert("reason" in evil && evil.reason.startsWith('names the suite "../evil", which is not of letters'));
  const { message } = assertThrows(() => parseRunManifest("runs/a", "{ cut"), UsageError);
  assertEquals(
    message,
    "Cannot resume the run in runs/a: its run.json is not JSON\nHint: start a new run with another --out",
  );
});
