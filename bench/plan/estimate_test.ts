import { assertAlmostEquals, assertEquals } from "@std/assert";
import { estimateCell, profileKey, setCounts, unitsOf } from "./estimate.ts";
import { parsePreset } from "../config/parse_preset.ts";
import { expand } from "./plan.ts";

const CELLS = expand(parsePreset(
  `
name: a
description: b
seeds: [0, 1]
dataset: { name: planted, trainSize: 100, testSize: 40 }
training: { epochs: 3, batchSize: 32 }
paradigms: { mim: { training: { epochs: 2, batchSize: 32 } } }
featureSets: { robust: { steps: 7, count: 50 } }
probe: { batchSize: 20, curvePoints: 2, curveImages: 30 }
evaluation: { attack: { steps: 5, restarts: 2 }, autoAttack: null }
`,
  { source: "a.yaml" },
));
const COUNTS = setCounts(CELLS);
const cell = (name: string) => CELLS.find((c) => c.name === name)!;

Deno.test("unitsOf() counts what a cell does to images", () => {
  assertEquals(unitsOf(cell("construct/robust/seed-1"), COUNTS), { construct: 50 * 7 });
  // Two whole probes (untrained, trained), three looks (before, midway, at the end) at 30 and 30 images.
  const units = (name: string) => unitsOf(cell(name), COUNTS);
  assertEquals(units("sl/natural/seed-0"), { train: 3 * 96, other: 1 });
  assertEquals(units("sl/natural/seed-0/probe"), { probe: 2 * 140 + 3 * 60 });
  assertEquals(units("sl/natural/seed-0/attack"), { clean: 80, attack: 40 * 5 * 2 });
  assertEquals(units("mim/robust/seed-0"), { train: 2 * 32, other: 1 });
  assertEquals(units("mim/robust/seed-0/probe"), { probe: 90 + 3 * 60 });
  assertEquals(units("mim/robust/seed-0/attack"), { clean: 80, attack: 400 });
  assertEquals(units("sl/adversarial/seed-0/probe"), { probe: 140 });
});

Deno.test("unitsOf() counts AutoAttack in steps of an attack", () => {
  const [{ config, ...rest }] = CELLS.filter((c) => c.kind === "attack");
  const autoAttack = {
    version: "custom",
    images: 30,
    attacks: ["apgd-ce"],
    iterations: 20,
    queries: 1,
  } as const;
  const evaluation = { ...config.evaluation, autoAttack };
  const { attack } = unitsOf({ ...rest, config: { ...config, evaluation } }, COUNTS);
  assertAlmostEquals(attack!, 400 + 0.1 * 30 * 20);
});

Deno.test("profileKey() is one for cells that cost the same an image", () => {
  const key = (name: string) => profileKey(cell(name));
  assertEquals(key("sl/natural/seed-0"), key("sl/natural/seed-1"));
  assertEquals(key("mim/natural/seed-0"), key("mim/robust/seed-1"));
  const distinct = ["sl/natural", "sl/adversarial", "mim/natural", "construct/robust"];
  assertEquals(new Set(distinct.map((name) => key(`${name}/seed-0`))).size, distinct.length);
});

Deno.test("estimateCell() scales each kind of work by itself; the first of its kind makes the shaders", () => {
  const profile = {
    phases: [
      { name: "train", units: 10, durationMs: 100, flops: 1000 },
      { name: "attack", units: 4, durationMs: 8, flops: 40 },
    ],
    setUpMs: 50,
    firstMs: 400,
    peakBytes: 123,
  } as const;
  const estimate = (units: Record<string, number>, first: boolean) =>
    estimateCell({ name: "x", units, first }, profile);
  const { durationMs, flops, peakBytes } = estimate({ train: 100, attack: 6 }, false);
  assertAlmostEquals(durationMs, 50 + 1000 + 12);
  assertEquals([flops, peakBytes], [10_060, 123]);
  assertEquals(estimate({}, true).durationMs, 450);
});
