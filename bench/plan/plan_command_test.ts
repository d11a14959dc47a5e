import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { loadPreset } from "../config/load_preset.ts";
import { expand } from "./plan.ts";
import { formatPlan, makePlan } from "./plan_command.ts";

/** A plan whose every profiled kind of work costs 1 ms and 2 flops a unit. */
async function planOf(seeds: readonly number[]) {
  const profiled: string[] = [];
  const cells = expand(await loadPreset("smoke"), seeds);
  const names = ["train", "probe", "clean", "attack", "construct", "other"] as const;
  const plan = await makePlan({ preset: "smoke", cells }, {
    workbench: {
      profile: () =>
        Promise.resolve({
          phases: names.map((name) => ({ name, units: 1, durationMs: 1, flops: 2 })),
          setUpMs: 0,
          firstMs: 0,
          peakBytes: 2 ** 20 * (profiled.length),
        }),
    },
    onCell: ({ name }) => void profiled.push(name),
    signal: new AbortController().signal,
  });
  return { plan, profiled, cells };
}

Deno.test("makePlan() estimates every cell and profiles each kind once", async () => {
  const one = await planOf([0]), two = await planOf([0, 1]);
  assertEquals(two.profiled, one.profiled);
  assertEquals(two.plan.cells.map(({ name }) => name), two.cells.map(({ name }) => name));
  assertEquals(two.plan.durationMs, 2 * one.plan.durationMs);
  assertEquals(one.plan.flops, 2 * one.plan.durationMs);
  assertEquals(one.plan.peakBytes, Math.max(...one.plan.cells.map(({ peakBytes }) => peakBytes)));
  assert(one.profiled.length < one.cells.length);
});

Deno.test("formatPlan() shows cells in their order, and the whole", () => {
  const text = formatPlan({
    preset: "quick",
    cells: [
      { name: "sl/natural/seed-0", flops: 12.34e9, peakBytes: 10 * 2 ** 20, durationMs: 61_400 },
      { name: "cl/natural/seed-0", flops: 1e9, peakBytes: 5 * 2 ** 20, durationMs: 500 },
    ],
    flops: 13.34e9,
    peakBytes: 10 * 2 ** 20,
    durationMs: 7_261_900,
    jobs: 2,
    elapsedMs: 3_700_000,
  });
  assertMatch(text, /^Preset quick: 2 cells/);
  assertMatch(text, /sl\/natural\/seed-0 +12\.3 +10\.0 +1 min 01 s\n/);
  assertMatch(text, /cl\/natural\/seed-0 +1\.0 +5\.0 +500 ms\n/);
  assertMatch(text, /all +13\.3 +10\.0 +2 h 01 min/);
  assertMatch(
    text,
    /\nOne cell at a time\. With 2 at once \(--jobs\): 1 h 02 min, if they do not slow each other down\.\n$/,
  );
});

Deno.test("makePlan() says how many kinds there are to profile, and formatPlan() what is extrapolated", async () => {
  const cells = expand(await loadPreset("paper"), [0, 1, 2]), told: string[] = [];
  const plan = await makePlan({ preset: "paper", cells }, {
    workbench: {
      profile: ({ kind }) =>
        Promise.resolve({
          phases: [],
          setUpMs: 1,
          firstMs: 0,
          peakBytes: 2 ** 20,
          extrapolated: kind === "train",
        }),
    },
    onCell: (_, { number, total }) => void told.push(`${number} of ${total}`),
    onProfiled: ({ name }, durationMs) => assert(name !== "" && durationMs >= 0),
    signal: new AbortController().signal,
  });
  assertEquals([told[0], told.at(-1)], [`1 of ${told.length}`, `${told.length} of ${told.length}`]);
  assert(told.length < 20, `${told.length} kinds`); // 3 seeds and equal sets share theirs
  const text = formatPlan(plan);
  assertMatch(text, /sl\/natural\/seed-0 +0\.0 +~1\.0 +~1 ms\n/);
  assertMatch(text, /sl\/natural\/seed-0\/probe +0\.0 +1\.0 +1 ms\n/);
  assertMatch(text, /\n~ is estimated from batches of 4 images/);
});

Deno.test("makePlan() ends in time: what it cannot profile by then is unknown, and no abort of the caller's is", async () => {
  const cells = expand(await loadPreset("smoke"), [0]);
  const endless = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const planWithin = (limitMs: number, signal: AbortSignal) =>
    makePlan({ preset: "smoke", cells, limitMs }, {
      workbench: {
        profile: ({ kind }, signal) =>
          kind === "train"
            ? Promise.resolve({ phases: [], setUpMs: 1, firstMs: 0, peakBytes: 2 ** 20 })
            : endless(signal),
      },
      onCell: () => {},
      signal,
    });
  const plan = await planWithin(30, new AbortController().signal);
  const known = plan.cells.filter(({ unknown }) => !unknown);
  assert(known.length > 0 && known.length < cells.length);
  assertEquals(plan.durationMs, known.length);
  const text = formatPlan(plan);
  assertMatch(text, /seed-0\/probe +\? +\? +\?\n/);
  assertMatch(text, /\n\? is not known: profiling took too long on this adapter\./);

  const stopped = new AbortController();
  setTimeout(() => stopped.abort(new Error("enough")), 10);
  await assertRejects(() => planWithin(60_000, stopped.signal), Error, "enough");
});
