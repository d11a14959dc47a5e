import { assertEquals, assertThrows } from "@std/assert";
import { RUN_MANIFEST } from "../records/run_manifest.ts";
import { newManifest } from "../store/run_manifest.ts";
import { UsageError } from "../../common/usage_error.ts";
import { FAKE_PLACE, NO_HASH, smallPreset } from "../testing.ts";
import { parseRunManifest } from "./read_manifest.ts";

const IDENTITY = {
  codeHash: NO_HASH,
  dataset: { name: "planted", sha256: NO_HASH },
  adapter: "made up",
  readPath: "buffer",
};
const MANIFEST = newManifest(smallPreset(), {
  cells: [],
  command: "",
  startedAt: new Date(0),
  identity: IDENTITY,
  jobs: 1,
  place: FAKE_PLACE,
});

Deno.test("parseRunManifest() gives the manifest", () => {
  const { identity: _identity, ...older } = MANIFEST;
  for (const manifest of [MANIFEST, older]) {
    assertEquals(parseRunManifest("a", RUN_MANIFEST.write(manifest)), manifest);
  }
});

Deno.test("parseRunManifest() says what is wrong, and what to do", () => {
  const { message } = assertThrows(() => parseRunManifest("runs/a", "[]"), UsageError);
  assertEquals(
    message,
    "Cannot resume the run in runs/a: its run.json cannot be used, it is not a JSON object\n" +
      "Hint: start a new run with another option outDir",
  );
});
