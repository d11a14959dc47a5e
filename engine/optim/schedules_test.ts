import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { constant, cosine, stepDecay } from "./schedules.ts";

Deno.test("constant() stays where it is", () => {
  const schedule = constant({ lr: 0.3 });
  assertEquals([0, 1, 1e6].map(schedule), [0.3, 0.3, 0.3]);
});

Deno.test("constant() warms up from the first step's share to the whole rate", () => {
  assertEquals([0, 1, 2, 3, 4, 5].map(constant({ lr: 1, warmupSteps: 4 })), [0.25, 0.5, 0.75, 1, 1, 1]);
});

Deno.test("cosine() goes from the rate to the floor and stays there", () => {
  const schedule = cosine({ lr: 0.1, totalSteps: 30, floor: 0.02 });
  assertEquals(schedule(0), 0.1);
  assertAlmostEquals(schedule(15), 0.06, 1e-12);
  for (const step of [30, 31, 60, 1000]) assertAlmostEquals(schedule(step), 0.02, 1e-12);
});

Deno.test("cosine() agrees with the recurrence that PyTorch steps through", () => {
  // lr[t+1] = (1 + cos(pi (t+1) / T)) / (1 + cos(pi t / T)) * (lr[t] - floor) + floor
  const totalSteps = 30, floor = 0.001;
  const schedule = cosine({ lr: 0.1, totalSteps, floor });
  let lr = 0.1;
  for (let t = 0; t < totalSteps; t++) {
    assertAlmostEquals(schedule(t), lr, 1e-12);
    const ratio = (1 + Math.cos(Math.PI * (t + 1) / totalSteps)) / (1 + Math.cos(Math.PI * t / totalSteps));
    lr = ratio * (lr - floor) + floor;
  }
});

Deno.test("cosine() begins at the whole rate where the warm-up ends", () => {
  const schedule = cosine({ lr: 1, warmupSteps: 10, totalSteps: 110 });
  assertAlmostEquals(schedule(0), 0.1, 1e-12);
  assertEquals(schedule(9), 1);
  assertEquals(schedule(10), 1);
  assertAlmostEquals(schedule(60), 0.5, 1e-12);
  assertAlmostEquals(schedule(110), 0, 1e-12);
});

Deno.test("stepDecay() multiplies by the factor at each milestone", () => {
  const schedule = stepDecay({ lr: 1, milestones: [10, 20], factor: 0.5 });
  assertEquals([0, 9, 10, 19, 20, 99].map(schedule), [1, 1, 0.5, 0.5, 0.25, 0.25]);
});

Deno.test("schedules refuse options out of range", () => {
  assertThrows(() => constant({ lr: -1 }), RangeError, "Cannot create schedule: lr is out of range, got -1");
  assertThrows(() => constant({ lr: 1, warmupSteps: 0.5 }), RangeError, "warmupSteps");
  assertThrows(() => cosine({ lr: 1, warmupSteps: 5, totalSteps: 5 }), RangeError, "totalSteps");
  assertThrows(() => cosine({ lr: 1, totalSteps: 5, floor: 2 }), RangeError, "floor");
  assertThrows(() => stepDecay({ lr: 1, milestones: [2, 1] }), RangeError, "milestones");
  assertThrows(() => stepDecay({ lr: 1, milestones: [], factor: 0 }), RangeError, "factor");
});
