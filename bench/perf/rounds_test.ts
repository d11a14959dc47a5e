import { assertEquals } from "@std/assert";
import { joinCeilings, joinRounds, joinSamples, joinTrainings } from "./rounds.ts";
import { fakePerfRecord } from "./testing.ts";

Deno.test("joinRounds() puts the samples of a quantity's rounds together, in their order", () => {
  const rounds = [[1, 2], [3, 4], [5, 6]].map((round) =>
    round.map((ms, i) => ({ name: `kernel ${i}`, samplesMs: [ms] }))
  );
  assertEquals(joinRounds(rounds, joinSamples), [
    { name: "kernel 0", samplesMs: [1, 3, 5] },
    { name: "kernel 1", samplesMs: [2, 4, 6] },
  ]);
  assertEquals(joinRounds<{ samplesMs: number[] }>([], joinSamples), []);
  assertEquals(joinRounds<{ samplesMs: number[] }>([[], []], joinSamples), []);
});

Deno.test("joinCeilings() puts samples together", () => {
  const [arithmetic] = fakePerfRecord().ceilings;
  assertEquals(joinCeilings(arithmetic, { ...arithmetic, samples: [7] }).samples, [100, 90, 110, 7]);
});

Deno.test("joinTrainings() shows memory that grew from round to round, and the highest peak", () => {
  const [training] = fakePerfRecord().training;
  const later = { ...training, firstStepMs: 1, samplesMs: [1], liveBytes: [5, 6] as const, peakBytes: 7 };
  const { samplesMs, firstStepMs, liveBytes, peakBytes } = joinTrainings(training, later);
  assertEquals([samplesMs, firstStepMs], [[800, 640, 1280, 1], 2500]);
  assertEquals([liveBytes, peakBytes], [[2 ** 20, 6], 2 ** 21]);
});
