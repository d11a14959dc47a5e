import { assertEquals, assertThrows } from "@std/assert";
import { newManifest } from "../store/run_manifest.ts";
import { UsageError } from "../../common/usage_error.ts";
import { NO_HASH, smallPreset } from "../testing.ts";
import { parseRunManifest } from "./read_manifest.ts";

const IDENTITY = {
  benchmarkVersion: NO_HASH,
  dataset: { name: "planted", sha256: NO_HASH },
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

Deno.test("parseRunManifest() says what is wrong, and what to do", () => {
  const { message } = assertThrows(() => parseRunManifest("runs/a", "[]"), UsageError);
  assertEquals(
    message,
    "Cannot resume the run in runs/a: its run.json cannot be used, it is not a JSON object\n" +
      "Hint: start a new run with another --out",
  );
});
