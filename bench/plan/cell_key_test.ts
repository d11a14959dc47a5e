import { PARADIGMS } from "../../paradigms/registry.ts";
import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { codeHashes, type KeyContext, keysOf } from "./cell_key.ts";
import { expand } from "./plan.ts";
import { smallPreset } from "../testing.ts";

const CONTEXT: KeyContext = {
  code: { "train/sl": "t", "construct/sl": "c", "probe/sl": "p", "attack/sl": "a" },
  dataset: { name: "planted", sha256: "0" },
  adapter: "made up",
  readPath: "buffer",
};

/** Names of the cells whose keys differ. */
function changed(body: string, context: Partial<KeyContext> = {}): string[] {
  const before = keysOf(expand(smallPreset()), CONTEXT);
  const after = keysOf(expand(smallPreset(body)), { ...CONTEXT, ...context });
  return [...before.keys()].filter((name) => before.get(name)!.key !== after.get(name)!.key)
    .map((name) => name.replace("/seed-0", ""));
}

const ALL = expand(smallPreset()).map(({ name }) => name.replace("/seed-0", ""));
const ATTACKS = ALL.filter((name) => name.endsWith("/attack"));
const PROBES = ALL.filter((name) => name.endsWith("/probe"));
const ROBUST = ALL.filter((name) => /^(sl\/adversarial|construct\/robust|sl\/robust)/.test(name));

Deno.test("keysOf() changes the keys of what a setting touches, and of all that is made of it", () => {
  assertEquals(changed(""), []);
  assertEquals(changed("evaluation: { attack: { steps: 3 } }"), ATTACKS);
  assertEquals(changed("probe: { epochs: 9 }"), PROBES);
  assertEquals(changed("adversarialTraining: { epochs: 3 }"), ROBUST);
  assertEquals(changed("training: { epochs: 30 }"), ALL);
  assertEquals(changed("quick: true"), []);
});

Deno.test("keysOf() changes with data, device and the code of each kind", () => {
  assertEquals(changed("", { dataset: { name: "planted", sha256: "1" } }), ALL);
  assertEquals(changed("", { adapter: "other" }), ALL);
  assertEquals(changed("", { readPath: "texture" }), ALL);
  assertEquals(changed("", { code: { ...CONTEXT.code, "attack/sl": "b" } }), ATTACKS);
  const { code } = CONTEXT;
  assertEquals(changed("", { code: { ...code, "construct/sl": "d" } }), [
    "construct/robust",
    "sl/robust",
    "sl/robust/probe",
    "sl/robust/attack",
  ]);
});

Deno.test("keysOf() does not mind how a number is written, and tells seeds apart", () => {
  assertEquals(changed("evaluation: { attack: { eps: 1/4 } }"), []);
  const keys = keysOf(expand(smallPreset("seeds: [0, 1]")), CONTEXT);
  assertNotEquals(keys.get("sl/natural/seed-0")!.key, keys.get("sl/natural/seed-1")!.key);
  assertEquals(new Set([...keys.values()].map(({ key }) => key)).size, keys.size);
  assertEquals(Object.keys(keys.get("sl/robust/seed-1")!.inputs), ["construct/robust/seed-1"]);
});

Deno.test("keysOf() refuses two cells of one name, and a cell before its input", () => {
  const cells = expand(smallPreset());
  assertThrows(
    () => keysOf([...cells, cells[0]], CONTEXT),
    RangeError,
    "Cannot plan: two cells have one name, sl/natural/seed-0",
  );
  assertThrows(
    () => keysOf(cells.toReversed(), CONTEXT),
    RangeError,
    "its input does not stand before it",
  );
});

Deno.test("codeHashes() tells kinds and paradigms apart", async () => {
  const hashes = Object.values(await codeHashes());
  const count = 4 * PARADIGMS.length;
  assertEquals([hashes.length, new Set(hashes).size], [count, count]);
});
