import { assert, assertEquals } from "@std/assert";
import type { ProbeCell, TrainCell } from "./cell.ts";
import { loadPreset } from "../config/load_preset.ts";
import { parsePreset } from "../config/parse_preset.ts";
import { expand } from "./plan.ts";

Deno.test("expand() lists supervised networks, then sets, then encoders on sets, paradigm by paradigm", async () => {
  const names = expand(await loadPreset("smoke")).map(({ name }) => name).filter((name) =>
    /seed-0$/.test(name)
  );
  assertEquals(names, [
    "sl/natural/seed-0",
    "sl/adversarial/seed-0",
    "construct/robust/seed-0",
    "construct/non-robust/seed-0",
    "construct/D_det/seed-0",
    "construct/D_rand/seed-0",
    "sl/robust/seed-0",
    "sl/non-robust/seed-0",
    "sl/D_det/seed-0",
    "sl/D_rand/seed-0",
    "cl/natural/seed-0",
    "cl/robust/seed-0",
    "mim/natural/seed-0",
    "mim/robust/seed-0",
    "mim/non-robust/seed-0",
    "dm/natural/seed-0",
    "dm/robust/seed-0",
  ]);
});

Deno.test("expand() puts every cell after its inputs, under unique names, for every seed", async () => {
  const cells = expand(await loadPreset("smoke"), [3, 1]);
  assertEquals(cells.length, 86);
  assertEquals(cells[0].seed, 3);
  const seen = new Set<string>();
  for (const { name, inputs, seed } of cells) {
    assert(!seen.has(name), name);
    for (const input of inputs) {
      assert(seen.has(input) && input.includes(`/seed-${seed}`), `${name} needs ${input}`);
    }
    seen.add(name);
  }
});

Deno.test("expand() takes each set from the encoder that the preset names", async () => {
  const cells = new Map(expand(await loadPreset("smoke")).map((cell) => [cell.name, cell]));
  assertEquals(cells.get("construct/robust/seed-0")?.inputs, ["sl/adversarial/seed-0"]);
  assertEquals(cells.get("construct/D_det/seed-0")?.inputs, ["sl/natural/seed-0"]);
  assertEquals(cells.get("sl/D_det/seed-0")?.inputs, ["construct/D_det/seed-0"]);
});

Deno.test("expand() trains the robust encoder under its own settings, and all others alike", () => {
  const preset = parsePreset("name: a\ndescription: b\nadversarialTraining: { epochs: 3 }", {
    source: "a.yaml",
  });
  for (const cell of expand(preset)) {
    if (cell.kind !== "train") continue;
    const robust = cell.name === "sl/adversarial/seed-0";
    assertEquals(cell.config.training.epochs, robust ? 3 : 12, cell.name);
    assertEquals(cell.config.adversary === null, !robust, cell.name);
    assertEquals("attack" in cell.config.training, false);
  }
});

Deno.test("expand() trains every paradigm that runs, each by its own settings", async () => {
  const quick = await loadPreset("quick");
  const cells = expand({ ...quick, adversarialTraining: null, featureSets: {} }).filter(({ kind }) =>
    kind === "train"
  );
  assertEquals(cells.map(({ name }) => name), ["sl", "cl", "mim", "dm"].map((p) => `${p}/natural/seed-0`));
  const [, cl, mim] = cells.map(({ config }) => config as TrainCell["config"]);
  assertEquals(cl.training, quick.paradigms.cl!.training);
  assertEquals(mim.paradigm.patchSize, quick.paradigms.mim!.patchSize);
  assertEquals("training" in mim.paradigm, false);
});

Deno.test("expand() has every network probed, and attacked with the probe where it has no head of its own", async () => {
  const cells = new Map(expand(await loadPreset("smoke")).map((cell) => [cell.name, cell]));
  const inputs = (name: string) => cells.get(name)?.inputs;
  assertEquals(inputs("sl/robust/seed-0/probe"), ["sl/robust/seed-0", "construct/robust/seed-0"]);
  assertEquals(inputs("sl/robust/seed-0/attack"), ["sl/robust/seed-0"]);
  assertEquals(inputs("cl/natural/seed-0/probe"), ["cl/natural/seed-0"]);
  assertEquals(inputs("cl/natural/seed-0/attack"), ["cl/natural/seed-0", "cl/natural/seed-0/probe"]);
  const kinds = [...cells.values()].map(({ kind }) => kind);
  const count = (wanted: string) => kinds.filter((kind) => kind === wanted).length;
  assertEquals(["train", "probe", "attack", "construct"].map(count), [13, 13, 13, 4]);
});

Deno.test("expand() keeps weights for the looks of the probe that lie between the first and the last epoch", () => {
  const preset = parsePreset("name: a\ndescription: b\ntraining: { epochs: 8 }\nprobe: { curvePoints: 4 }", {
    source: "a.yaml",
  });
  const cells = new Map(expand(preset).map((cell) => [cell.name, cell]));
  const snapshots = (name: string) => (cells.get(name) as TrainCell).config.snapshots;
  assertEquals(snapshots("sl/natural/seed-0"), [2, 4, 6]);
  assertEquals((cells.get("sl/natural/seed-0/probe") as ProbeCell).config.curve, [0, 2, 4, 6, 8]);
  assertEquals(snapshots("sl/adversarial/seed-0"), []);
});
