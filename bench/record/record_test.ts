import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import type { CellDescription } from "../plan/cell.ts";
import { parsePreset } from "../config/parse_preset.ts";
import { expand } from "../plan/plan.ts";
import {
  buildRecord,
  type CellEnd,
  NO_OUTCOME,
  plainNumbers,
  recordedConfig,
  type RunFacts,
} from "./record.ts";
import { FAKE_ADAPTER, smallPreset } from "../testing.ts";

const FACTS: RunFacts = {
  runId: "small-1",
  preset: "small",
  commit: null,
  dirty: null,
  dataset: { name: "planted", sha256: "0" },
  machine: { name: "made up", os: "none", cpu: "none", cores: 1, adapter: FAKE_ADAPTER },
  runtime: { deno: "0", v8: "0", typescript: "0" },
  readPath: "buffer",
  jobs: 1,
  keys: new Map(
    expand(smallPreset("seeds: [0, 1, 3]")).map(({ name }) => [name, { key: "1", code: "0", inputs: {} }]),
  ),
};
const END: CellEnd = {
  startedAt: new Date(0),
  durationMs: 5,
  status: "ok",
  reason: null,
  outcome: NO_OUTCOME,
};

function cellOf(name: string, preset = smallPreset()): CellDescription {
  const cell = expand(preset).find((cell) => cell.name === name);
  assert(cell !== undefined);
  return cell;
}

Deno.test("plainNumbers() turns amounts into numbers and adds their labels, at any depth", () => {
  const eps = { value: 8 / 255, label: "8/255" };
  assertEquals(plainNumbers({ list: [{ eps }], radius: null }), {
    list: [{ eps: 8 / 255, epsLabel: "8/255" }],
    radius: null,
  });
});

Deno.test("recordedConfig() holds the attack as reports read it", () => {
  const { evaluation } = recordedConfig(cellOf("sl/natural/seed-0/attack")) as {
    evaluation: { attack: unknown };
  };
  assertEquals(evaluation.attack, {
    name: "pgd",
    norm: "L2",
    eps: 0.25,
    epsLabel: "0.25",
    steps: 10,
    stepSize: 0.0625,
    stepSizeLabel: "0.0625",
    restarts: 1,
    randomStart: true,
  });
});

Deno.test("recordedConfig() puts a construction's settings at the top", () => {
  const config = recordedConfig(cellOf("construct/robust/seed-0"));
  assertEquals([config.method, config.encoder, config.radius], ["feature-matching", "robust", null]);
});

Deno.test("buildRecord() tells adversarial from standard training", () => {
  const trainingOf = (name: string) => buildRecord(cellOf(name), END, FACTS).training;
  assertEquals(trainingOf("sl/natural/seed-0"), "standard");
  assertEquals(trainingOf("sl/adversarial/seed-0"), "adversarial");
  assertEquals(trainingOf("construct/robust/seed-0"), null);
});

Deno.test("buildRecord() hashes what a number is, not how it was written, and not the seed", () => {
  const constructionHash = (seed: number) => {
    const cell = cellOf(`construct/robust/seed-${seed}`, smallPreset(`seeds: [${seed}]`));
    return buildRecord(cell, END, FACTS).configHash;
  };
  assertEquals(constructionHash(0), constructionHash(3));
  const hashOf = (eps: string, seed = 0) => {
    const text = `name: a\ndescription: b\nseeds: [${seed}]\nevaluation: { attack: { eps: ${eps} } }`;
    const preset = parsePreset(text, { source: "a.yaml" });
    return buildRecord(cellOf(`sl/natural/seed-${seed}/attack`, preset), END, FACTS).configHash;
  };
  assertEquals(hashOf("0.5"), hashOf("1/2"));
  assertEquals(hashOf("0.5"), hashOf("0.5", 3));
  assertNotEquals(hashOf("0.5"), hashOf("0.6"));
});

Deno.test("buildRecord() refuses a metric that is not finite", () => {
  const record = (value: number, samples?: number[]) =>
    buildRecord(
      cellOf("sl/natural/seed-0"),
      { ...END, outcome: { metrics: { trainLoss: { value, unit: "1", samples } } } },
      FACTS,
    );
  assertThrows(
    () => record(NaN),
    RangeError,
    "metrics.trainLoss.value is not a finite number, got NaN",
  );
  assertThrows(
    () => record(1, [1, Infinity]),
    RangeError,
    "metrics.trainLoss.samples[1] is not a finite number, got Infinity",
  );
  assertEquals(record(1, [1]).metrics.trainLoss.value, 1);
});

Deno.test("buildRecord() survives JSON unchanged", () => {
  const record = buildRecord(cellOf("construct/robust/seed-0"), END, FACTS);
  assertEquals(JSON.parse(JSON.stringify(record)), record);
});

Deno.test("buildRecord() holds what the time went into, piece by piece, and what was computed", () => {
  const cell = cellOf("sl/natural/seed-0");
  const phases = [
    { name: "train", units: 128, durationMs: 30, flops: 1, samples: [10, 20] },
    { name: "other", units: 1, durationMs: 5, flops: 0 },
  ] as const;
  const { timings, key, inputs, codeHash } = buildRecord(
    cell,
    { ...END, outcome: { metrics: {}, phases } },
    { ...FACTS, keys: new Map([[cell.name, { key: "k", code: "c", inputs: { a: "b" } }]]) },
  );
  assertEquals(timings, [
    { name: "train", units: 128, durationMs: 30, samples: [10, 20] },
    { name: "other", units: 1, durationMs: 5, samples: [5] },
  ]);
  assertEquals([key, inputs, codeHash], ["k", { a: "b" }, "c"]);
});
