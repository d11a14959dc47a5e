import { assertAlmostEquals, assertEquals } from "@std/assert";
import { parsePreset } from "./parse_preset.ts";
import type { TrainingConfig } from "../../paradigms/training_settings.ts";
import { makeSchedule } from "./recipe.ts";

const { training } = parsePreset("name: a\ndescription: b\ntraining: { epochs: 10, lr: 0.5 }", {
  source: "a.yaml",
});
const schedule = (own: Partial<TrainingConfig>) => makeSchedule({ ...training, ...own }, 100);

Deno.test("makeSchedule() ends a cosine with the last update, warm-up included", () => {
  const rate = schedule({ warmupEpochs: 1 });
  assertAlmostEquals(rate(49), 0.25);
  assertEquals([rate(100), rate(1000)], [0.5, 0]);
  assertAlmostEquals(rate(550), 0.25);
});

Deno.test("makeSchedule() counts updates, not batches, where gradients are accumulated", () => {
  const rate = schedule({ warmupEpochs: 1, accumulate: 4 });
  assertEquals([rate(25), rate(250)], [0.5, 0]);
});

Deno.test("makeSchedule() falls to a tenth at each milestone", () => {
  const rate = schedule({ schedule: "step", milestones: [5, 8] });
  assertEquals([rate(499), rate(0)], [0.5, 0.5]);
  assertAlmostEquals(rate(500), 0.05);
  assertAlmostEquals(rate(800), 0.005);
});

Deno.test("makeSchedule() takes fractions of an epoch", () => {
  const rate = schedule({ schedule: "constant", warmupEpochs: 0.5 });
  assertAlmostEquals(rate(24), 0.25);
  assertEquals(rate(50), 0.5);
});
