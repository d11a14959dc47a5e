import { assertEquals, assertThrows } from "@std/assert";
import { fakeManifest, NO_HASH } from "../testing.ts";
import { RUN_MANIFEST } from "./run_manifest.ts";
import { sealed } from "./seal.ts";

const MANIFEST = fakeManifest();

Deno.test("RUN_MANIFEST.read() reads what was written", () => {
  const dataset = { name: "planted", sha256: NO_HASH };
  const identity = { codeHash: NO_HASH, dataset, adapter: "a", readPath: "buffer" };
  for (const value of [MANIFEST, { ...MANIFEST, identity, jobs: 2, resumedAt: [MANIFEST.startedAt] }]) {
    assertEquals(RUN_MANIFEST.read(RUN_MANIFEST.write(value)), { value, sealed: true, version: 2 });
  }
});

Deno.test("RUN_MANIFEST.read() finds a changed digit", () => {
  const found = RUN_MANIFEST.read(JSON.stringify(sealed(MANIFEST)).replace("17", "16"));
  assertEquals("fault" in found, true);
});

Deno.test("RUN_MANIFEST.read() tells a later version from a version that was damaged", () => {
  const fault = "version is 3, known are 1 to 2";
  assertEquals(RUN_MANIFEST.check(sealed({ ...MANIFEST, version: 3 })), {
    fault: `it was written by a later version of this program: ${fault}`,
    later: true,
  });
  assertEquals(RUN_MANIFEST.check({ ...sealed(MANIFEST), version: 3 }), { fault, later: false });
});

Deno.test("RUN_MANIFEST.read() migrates version 1, with a seal or without", async () => {
  const text = await Deno.readTextFile(new URL("testing/v1/run.json", import.meta.url));
  const { schemaVersion, suite, preset: settings, identity, sha256, ...rest } = JSON.parse(text);
  const { benchmarkVersion: codeHash, kernelVariant: readPath, ...surroundings } = identity;
  const value = {
    ...rest,
    schema: "realfeatures/run",
    version: 2,
    preset: suite,
    settings,
    identity: { codeHash, readPath, ...surroundings },
    commit: null,
    dirty: null,
    machine: null,
    runtime: null,
  };
  assertEquals([schemaVersion, sha256.length], [1, 64]);
  assertEquals(RUN_MANIFEST.read(text), { value, sealed: true, version: 1 });
  const { sha256: _, ...unsealed } = JSON.parse(text);
  assertEquals(RUN_MANIFEST.check(unsealed), { value, sealed: false, version: 1 });
  const { identity: _identity, jobs: _jobs, ...oldest } = unsealed;
  assertEquals(RUN_MANIFEST.parse(oldest).identity, undefined);
});

Deno.test("RUN_MANIFEST.parse() names what is wrong", () => {
  const refused = (change: Record<string, unknown>, message: string) =>
    assertThrows(() => RUN_MANIFEST.parse({ ...sealed(MANIFEST), ...change }), SyntaxError, message);
  refused({ cells: "all" }, 'Cannot read run.json: cells is not a list, got "all"');
  refused({ durationMs: Infinity }, "durationMs is not a number from 0");
  refused({ settings: { lr: Infinity } }, "lr is not a finite number, Infinity");
  refused({ startedAt: "then" }, 'startedAt is not a time, got "then"');
  refused({ resumedAt: [1] }, "resumedAt[0] is not a time, got 1");
  refused({ identity: {} }, "identity.codeHash is missing; identity.dataset is missing");
  refused({ preset: "../evil" }, "preset is not a name of letters, digits");
  refused({ cells: ["sl/../../evil"] }, 'cells[0] is not the name of a cell, got "sl/../../evil"');
});
