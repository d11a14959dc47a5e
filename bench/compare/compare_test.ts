import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Comparison } from "./comparison.ts";
import { compareLoaded } from "./compare_runs.ts";
import { noisyPerf, noisyRun, normals, sideOf } from "./testing.ts";

/** As on a shared machine: quantities differ by a tenth from record to record, whole records too. */
const DRIFTING = { sample: 0.08, quantity: 0.1, record: 0.1 };
/** As on a machine that does nothing else. */
const QUIET = { sample: 0.03, quantity: 0.03, record: 0.03 };
const ACCURACIES = { seed: 2, rerun: 0.7 };

const worse = ({ changes }: Comparison) =>
  changes.filter(({ verdict }) => verdict === "worse").map(({ cell, name }) => `${cell} ${name}`.trim());

async function runs(seed: number, drops?: Record<string, number>) {
  const rerun = normals(1000 + seed);
  const base = noisyRun({ seeds: normals(seed), rerun }, ACCURACIES);
  const head = noisyRun({ seeds: normals(seed), rerun }, ACCURACIES, { drops });
  return await compareLoaded(await sideOf("base", base), await sideOf("head", head));
}

Deno.test("compareSides() finds a drop of 3 points over 5 seeds in one accuracy of one cell", async () => {
  let found = 0;
  for (let seed = 0; seed < 20; seed++) {
    const result = await runs(seed, { "sl/robust cleanAccuracy": 3 });
    if (result.regression && worse(result).includes("sl/robust cleanAccuracy")) found++;
  }
  assert(found >= 17, `found in ${found} of 20`);
});

Deno.test("compareSides() raises at most one false alarm in twenty re-runs of a run", async () => {
  let alarms = 0;
  for (let seed = 0; seed < 20; seed++) if ((await runs(seed)).regression) alarms++;
  assert(alarms <= 1, `${alarms} false alarms`);
});

async function perfs(seed: number, { records, slower, noise = DRIFTING, only }: {
  records: number;
  slower?: number;
  noise?: typeof DRIFTING;
  only?: number[];
}) {
  const normal = normals(seed);
  const list = (options = {}) => Array.from({ length: records }, () => noisyPerf(normal, noise, options));
  const [base, head] = [await sideOf("base", list()), await sideOf("head", list({ slower, only }))];
  return await compareLoaded(base, head);
}

Deno.test("compareSides() raises at most one false alarm in twenty pairs of five drifting records", async () => {
  let alarms = 0;
  for (let seed = 0; seed < 20; seed++) if ((await perfs(seed, { records: 5 })).regression) alarms++;
  assert(alarms <= 1, `${alarms} false alarms`);
});

Deno.test("compareSides() raises none in twenty pairs of single drifting records: it is unsure", async () => {
  let unsure = 0;
  for (let seed = 0; seed < 20; seed++) {
    const { regression, changes } = await perfs(seed, { records: 1 });
    assertEquals(regression, false);
    if (changes.some(({ verdict }) => verdict === "unsure")) unsure++;
  }
  assert(unsure > 5, `something looked worse or better in ${unsure} of 20`);
});

Deno.test("compareSides() finds all but few slowdowns of 20 % with five quiet records", async () => {
  let found = 0;
  for (let seed = 0; seed < 20; seed++) {
    const result = await perfs(seed, { records: 5, slower: 1.2, noise: QUIET, only: [3, 7] });
    if (worse(result).includes("kernels / kernel 3")) found++;
  }
  assert(found >= 18, `found in ${found} of 20`);
});

Deno.test("compareSides() finds records whose every time is 20 % longer", async () => {
  const normal = normals(1);
  const records = Array.from({ length: 5 }, () => noisyPerf(normal, QUIET));
  const slower = records.map((record) => ({
    ...record,
    kernels: record.kernels.map((k) => ({ ...k, samplesMs: k.samplesMs.map((ms) => 1.2 * ms) })),
  }));
  const result = await compareLoaded(await sideOf("base", records), await sideOf("head", slower));
  assert(result.regression);
  assertAlmostEquals(result.changes[0].difference!, 1.2, 1e-9);
  const faster = await compareLoaded(await sideOf("base", slower), await sideOf("head", records));
  assertEquals([faster.regression, faster.changes[0].verdict], [false, "better"]);
});

Deno.test("compareSides() calls equal records the same, and says how it judged", async () => {
  const record = noisyPerf(normals(1), QUIET);
  const { changes, regression } = await compareLoaded(
    await sideOf("a", [record]),
    await sideOf("b", [record]),
  );
  assertEquals(regression, false);
  assert(changes.every(({ verdict }) => verdict === "same"));
  assertEquals(
    changes[0].statistic,
    "median of 5 and 5 samples, Mann-Whitney test, more than 15 %",
  );
});

Deno.test("compareSides() pairs seeds: a drop that is the same for each is found below their spread", async () => {
  const noise = { seed: 5, rerun: 0 };
  const rerun = () => 0;
  const base = noisyRun({ seeds: normals(4), rerun }, noise);
  const head = noisyRun({ seeds: normals(4), rerun }, noise, { drops: { "cl/natural robustAccuracy": 2 } });
  const result = await compareLoaded(await sideOf("base", base), await sideOf("head", head));
  assertEquals(worse(result), ["cl/natural robustAccuracy"]);
  const change = result.changes.find(({ verdict }) => verdict === "worse")!;
  assertAlmostEquals(change.difference!, -0.02, 1e-9);
  assertEquals(change.statistic, "mean difference of 5 seeds in pairs, 95 % t interval");
});

Deno.test("compareSides() of one seed without outcomes takes the images as independent, and says so", async () => {
  const one = (drop: number) =>
    noisyRun({ seeds: () => 0, rerun: () => 0 }, ACCURACIES, {
      seeds: 1,
      drops: { "sl/natural cleanAccuracy": drop },
    });
  const compared = async (drop: number) =>
    await compareLoaded(await sideOf("base", one(0)), await sideOf("head", one(drop)));
  const found = await compared(12);
  assertEquals(worse(found), ["sl/natural cleanAccuracy"]);
  const change = found.changes.find(({ verdict }) => verdict === "worse")!;
  assertEquals(change.statistic.slice(0, 60), "one seed: 1000 and 1000 test images taken as independent, z ");
  assertEquals((await compared(3)).regression, false); // 55 to 52 %: standard error 2.2 points
});

Deno.test("compareSides() calls a cell that fails a regression, and not one that is missing", async () => {
  const base = noisyRun({ seeds: normals(1), rerun: () => 0 }, ACCURACIES);
  const head = base.map((record, i) =>
    i === 3 ? { ...record, status: "failed" as const, reason: "broke", metrics: {} } : record
  );
  const result = await compareLoaded(await sideOf("base", base), await sideOf("head", head));
  assertEquals(result.changes.filter(({ verdict }) => verdict === "failed").map(({ cell }) => cell), [
    "sl/natural/seed-3",
  ]);
  assert(result.regression);
  const fewer = await compareLoaded(await sideOf("base", base), await sideOf("head", base.slice(5)));
  assertEquals(fewer.regression, false);
  assertEquals(fewer.changes.filter(({ verdict }) => verdict === "only in base").length, 4);
});
