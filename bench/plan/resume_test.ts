import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { newManifest } from "../store/run_manifest.ts";
import { checkSameRun, checkSharedRun } from "./resume.ts";
import type { RunIdentity, RunManifest } from "../records/mod.ts";
import { UsageError } from "../../common/usage_error.ts";
import { FAKE_PLACE, smallPreset } from "../testing.ts";

const IDENTITY: RunIdentity = {
  codeHash: "v",
  dataset: { name: "planted", sha256: "0" },
  adapter: "made up",
  readPath: "buffer",
};

const manifestOf = (preset = smallPreset()): RunManifest =>
  newManifest(preset, {
    cells: [],
    command: "",
    startedAt: new Date(0),
    identity: IDENTITY,
    jobs: 1,
    place: FAKE_PLACE,
  });

/** As it comes back from a file. */
const reread = (manifest: RunManifest) => JSON.parse(JSON.stringify(manifest)) as RunManifest;

Deno.test("checkSameRun() accepts the manifest of the same run read from a file, in any order of keys", () => {
  const found = reread(manifestOf());
  const { seeds, ...rest } = found.settings;
  const identity = Object.fromEntries(Object.entries(IDENTITY).reverse()) as unknown as RunIdentity;
  checkSameRun("runs/a", { ...found, settings: { ...rest, seeds } }, manifestOf());
  checkSameRun("runs/a", { ...found, identity }, manifestOf());
});

Deno.test("checkSameRun() names another preset, data set and device, and lets the rest pass", () => {
  const found = reread(manifestOf()), { dataset } = IDENTITY;
  checkSameRun("runs/a", found, {
    preset: "small",
    settings: {},
    identity: { ...IDENTITY, codeHash: "w", dataset: { ...dataset, sha256: "1" } },
  });
  const message = assertThrows(
    () => checkSameRun("runs/a", found, { preset: "b", identity: { ...IDENTITY, adapter: "real" } }),
    UsageError,
  ).message;
  assertStringIncludes(message, "Cannot resume the run in runs/a: it is another run, ");
  assertStringIncludes(
    message,
    'preset: found "small", expected "b"; adapter: found "made up", expected "real"\n',
  );
});

Deno.test("checkSharedRun() names each difference, what was found and what was expected", () => {
  const found = reread(manifestOf());
  const preset = smallPreset("training: { epochs: 3 }\nevaluation: { attack: { eps: 1/8 } }");
  const message = assertThrows(
    () => checkSharedRun("runs/a", { ...found, identity: undefined }, manifestOf(preset)),
    UsageError,
  ).message;
  assertStringIncludes(
    message,
    "Cannot join the run in runs/a: another process is at work there on another run, ",
  );
  assertStringIncludes(message, 'settings.evaluation.attack.epsLabel: found "0.25", expected "1/8"');
  assertStringIncludes(message, "settings.training.epochs: found ");
  assertStringIncludes(message, "identity: found nothing, expected {");
});

Deno.test("checkSharedRun() finds keys that only one side has", () => {
  const found = reread(manifestOf());
  const extra = { ...found, settings: { ...found.settings, older: 1 } };
  assertThrows(
    () => checkSharedRun("a", extra, manifestOf()),
    UsageError,
    "settings.older: found 1, expected nothing",
  );
  const { quick: _quick, ...rest } = found.settings;
  assertThrows(
    () => checkSharedRun("a", { ...found, settings: rest }, manifestOf()),
    UsageError,
    "settings.quick: found nothing, expected false",
  );
});

Deno.test("checkSharedRun() names at most eight differences one by one", () => {
  const many = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`k${i}`, i]));
  const found = { ...manifestOf(), settings: many };
  const { message } = assertThrows(() => checkSharedRun("a", found, { settings: {} }), UsageError);
  assertEquals(message.match(/found/g)?.length, 8);
  assertStringIncludes(message, "; and 3 more\n");
});
