/** What the parser lets through, what it configures has to accept: each number at the ends of its range. */
import { assertEquals, assertThrows } from "@std/assert";
import { JITTER } from "../../datasets/augmentation_settings.ts";
import { PGD } from "../../paradigms/attacks/pgd_settings.ts";
import { checkParadigm, PARADIGMS } from "../../paradigms/registry.ts";
import { TRAINING } from "../../paradigms/training_settings.ts";
import type { AnyFields, Field } from "../../settings/field.ts";
import { UsageError } from "../../common/usage_error.ts";
import { expand } from "../plan/plan.ts";
import { parsePreset } from "./parse_preset.ts";
import { PROBE } from "./preset_schema.ts";
import { makeOptimizer, makeSchedule } from "./recipe.ts";

const HEAD = "name: a\ndescription: b\nparadigms: { cl: {}, mim: {}, dm: {} }\nfeatureSets: {}\n";

/** Reads a preset in which one key has another value; `place` holds `VALUE`. */
const read = (place: string, value: unknown) =>
  parsePreset(
    `${HEAD.replace(/^paradigms.*\n/m, place.startsWith("paradigms") ? "" : "$&")}${
      place.replace("VALUE", JSON.stringify(value))
    }\n`,
    { source: "a.yaml" },
  );

/** The ends of a field's range, and just inside those that are not allowed themselves. */
function endsOf({ min, max, above, below }: { min?: number; max?: number; above?: number; below?: number }) {
  const inside = (bound: number, by: number) => bound + by * Math.max(Math.abs(bound), 2 ** -100) * 2 ** -20;
  return [
    min,
    max,
    ...above === undefined ? [] : [inside(above, 1)],
    ...below === undefined ? [] : [inside(below, -1)],
  ].filter((value) => value !== undefined);
}

const TABLES: [place: string, fields: AnyFields][] = [
  ["training: { KEY: VALUE }", TRAINING],
  ["training: { optimizer: adamw, KEY: VALUE }", TRAINING],
  ["training: { schedule: step, milestones: [1, 2], KEY: VALUE }", TRAINING],
  ["training: { augmentation: { jitter: { KEY: VALUE } } }", JITTER],
  ["probe: { KEY: VALUE }", PROBE],
  ["evaluation: { attack: { norm: Linf, KEY: VALUE } }", PGD.fields],
  ...PARADIGMS.slice(1).map(({ name, fields }) =>
    [`paradigms: { ${name}: { KEY: VALUE } }`, fields] as [string, AnyFields]
  ),
];

Deno.test("parsePreset() lets nothing through that a cell would refuse", () => {
  let accepted = 0;
  for (const [place, fields] of TABLES) {
    for (const [key, field] of Object.entries<Field>(fields)) {
      if (!["integer", "number", "amount"].includes(field.kind)) continue;
      for (const value of endsOf(field as Parameters<typeof endsOf>[0])) {
        let preset: ReturnType<typeof parsePreset>;
        try {
          preset = read(place.replace("KEY", key), value);
        } catch (error) {
          if (error instanceof UsageError) continue; // refused with its place, whatever the range says
          throw error;
        }
        accepted++;
        for (const cell of expand(preset)) {
          if (cell.kind !== "train") continue;
          const { training, paradigm, dataset } = cell.config;
          makeOptimizer(training);
          for (const batches of [1, 2, 62]) makeSchedule(training, batches)(0);
          const shape = { height: 16, width: 16, classes: 10, batchSize: training.batchSize };
          checkParadigm({ name: cell.paradigm, config: paradigm }, shape);
          assertEquals(dataset.trainSize, 4000);
        }
      }
    }
  }
  assertEquals(accepted > 60, true, String(accepted));
});

Deno.test("parsePreset() takes momentum 0 for plain SGD, in training and probe", () => {
  const preset = read("training: { momentum: VALUE }\nprobe: { momentum: 0 }", 0);
  assertEquals(makeOptimizer(preset.training).state, []);
  assertEquals([preset.training.momentum, preset.probe?.momentum], [0, 0]);
});

const LOST: [place: string, value: number, message: string][] = [
  ["training: { lr: VALUE }", 1e-60, "lr must be a number of at least 1e-10"],
  ["probe: { lr: VALUE }", 1e-60, "lr must be a number of at least 1e-10"],
  ["training: { weightDecay: VALUE }", 1e-60, "weightDecay becomes 0 in float32"],
  ["training: { weightDecay: VALUE }", 1e60, "weightDecay becomes infinite in float32"],
  ["training: { momentum: VALUE }", 0.999999999, "momentum becomes 1 in float32"],
  ["training: { betas: [0.9, VALUE] }", 0.999999999, "betas becomes 1 in float32"],
  ["training: { clipNorm: VALUE }", 1e-60, "clipNorm must be"],
  ["evaluation: { attack: { eps: VALUE } }", 1e-60, "eps must be"],
  ["evaluation: { attack: { stepSize: VALUE } }", 1e-60, "stepSize must be"],
  ["paradigms: { cl: { temperature: VALUE } }", 1e-60, "temperature must be"],
  ["paradigms: { cl: { temperature: VALUE } }", -1, "temperature must be"],
  ["paradigms: { mim: { pixelRange: [0, VALUE] } }", 1e-30, "pixelRange has to rise"],
  ["paradigms: { dm: { ema: VALUE } }", 0.999999999, "ema becomes 1 in float32"],
  ["paradigms: { dm: { dropout: VALUE } }", 0.999999999, "dropout becomes 1 in float32"],
  ["training: { augmentation: { blur: { minSigma: VALUE } } }", 1e-20, "minSigma must be"],
  ["training: { accumulate: VALUE }", 1e6, "accumulate must be at most the 744 batches"],
  ["training: { epochs: VALUE }", 1e15, "epochs must be"],
];
for (const [place, value, message] of LOST) {
  Deno.test(`parsePreset() refuses what would change nothing, or all: ${place.replace("VALUE", String(value))}`, () => {
    assertThrows(() => read(place, value), UsageError, message);
  });
}

Deno.test("parsePreset() refuses a set too small for an accumulated update", () => {
  const text =
    "name: a\ndescription: b\ntraining: { epochs: 1, accumulate: 8 }\nfeatureSets: { robust: { count: 200 } }";
  assertThrows(() => parsePreset(text, { source: "a.yaml" }), UsageError, "fewer than accumulate 8");
});
