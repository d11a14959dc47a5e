import { assertEquals, assertThrows } from "@std/assert";
import { fakeManifest, NO_HASH } from "../testing.ts";
import { parseRunManifest, readRunManifest } from "./read_run_manifest.ts";
import { sealed } from "./seal.ts";

const MANIFEST = fakeManifest();

Deno.test("readRunManifest() reads a manifest, also one of an earlier version", () => {
  const dataset = { name: "planted", sha256: NO_HASH };
  const identity = { benchmarkVersion: NO_HASH, dataset, adapter: "a", kernelVariant: "buffer" };
  for (const value of [MANIFEST, { ...MANIFEST, identity, jobs: 2, resumedAt: [MANIFEST.startedAt] }]) {
    assertEquals(readRunManifest(JSON.stringify(sealed(value))), { value, sealed: true });
    assertEquals(readRunManifest(JSON.stringify(value)), { value, sealed: false });
  }
});

Deno.test("readRunManifest() finds a changed digit", () => {
  const found = readRunManifest(JSON.stringify(sealed(MANIFEST)).replace("17", "16"));
  assertEquals("fault" in found, true);
});

Deno.test("readRunManifest() tells a later version from a version that was damaged", () => {
  const later = JSON.stringify(sealed({ ...MANIFEST, schemaVersion: 3 }));
  const damaged = JSON.stringify(sealed(MANIFEST)).replace('"schemaVersion":1', '"schemaVersion":3');
  const fault = "schemaVersion is 3, known is 1";
  assertEquals(readRunManifest(later), { fault, later: true });
  assertEquals(readRunManifest(damaged), { fault, later: false });
});

Deno.test("parseRunManifest() names what is wrong", () => {
  const refused = (change: Record<string, unknown>, message: string) =>
    assertThrows(() => parseRunManifest({ ...MANIFEST, ...change }), SyntaxError, message);
  refused({ cells: "all" }, 'Cannot read run.json: cells is not a list, got "all"');
  refused({ durationMs: Infinity }, "durationMs is not a number from 0");
  refused({ preset: { lr: Infinity } }, "lr is not a finite number, Infinity");
  refused({ startedAt: "then" }, 'startedAt is not a time, got "then"');
  refused({ resumedAt: [1] }, "resumedAt[0] is not a time, got 1");
  refused({ identity: {} }, "identity.dataset is not an object, got nothing");
  refused({ suite: "../evil" }, "suite is not a name of letters, digits");
  refused({ cells: ["sl/../../evil"] }, 'cells[0] is not the name of a cell, got "sl/../../evil"');
});
