/**
 * Counts the false alarms and the found changes of `compare`; `docs/compare.md` has the tables.
 *
 * - `deno run -A bench/compare/false_alarms.ts`: on made-up re-runs.
 * - `... FOLDER`: on records of `bench perf` of one version of the code, taken one after the other. Every ten in a row are
 *   shared out in turns, five to each side: as they are, with 20 % added to the times of two kernels of one side, and
 *   with 20 % added to those of all kernels.
 *
 * @module
 */
import { formatTable } from "../terminal/table.ts";
import { PERF_RECORD, type PerfRecord } from "../records/perf_record.ts";
import { compareLoaded } from "./compare_runs.ts";
import { noisyPerf, noisyRun, normals, sideOf, type TimeNoise } from "./testing.ts";

const TRIALS = 200;
const NOISES: readonly [string, TimeNoise][] = [
  ["quiet: 3, 3, 3 %", { sample: 0.03, quantity: 0.03, record: 0.03 }],
  ["shared: 8, 10, 3 %", { sample: 0.08, quantity: 0.1, record: 0.03 }],
  ["drifting: 8, 10, 10 %", { sample: 0.08, quantity: 0.1, record: 0.1 }],
];
const percent = (count: number) => `${(100 * count / TRIALS).toFixed(1)} %`;

async function times(
  noise: TimeNoise,
  records: number,
  slower: number,
): Promise<[any: number, planted: number]> {
  let any = 0, planted = 0;
  for (let seed = 0; seed < TRIALS; seed++) {
    const normal = normals(seed);
    const list = (options = {}) => Array.from({ length: records }, () => noisyPerf(normal, noise, options));
    const [base, head] = [await sideOf("base", list()), await sideOf("head", list({ slower, only: [3, 7] }))];
    const { regression, changes } = await compareLoaded(base, head);
    if (regression) any++;
    if (changes.find(({ name }) => name === "kernels / kernel 3")?.verdict === "worse") planted++;
  }
  return [any, planted];
}

async function accuracies(rerun: number, drop: number): Promise<[any: number, planted: number]> {
  let any = 0, planted = 0;
  for (let seed = 0; seed < TRIALS; seed++) {
    const again = normals(10_000 + seed), noise = { seed: 2, rerun };
    const base = noisyRun({ seeds: normals(seed), rerun: again }, noise);
    const drops = { "sl/robust cleanAccuracy": drop };
    const head = noisyRun({ seeds: normals(seed), rerun: again }, noise, { drops });
    const { regression, changes } = await compareLoaded(
      await sideOf("base", base),
      await sideOf("head", head),
    );
    if (regression) any++;
    const change = changes.find(({ cell, name }) => cell === "sl/robust" && name === "cleanAccuracy");
    if (change?.verdict === "worse") planted++;
  }
  return [any, planted];
}

/** Ten in a row are compared five by five, in turns, each side once the base. */
const WINDOW = 10;

async function onRecords(folder: string): Promise<void> {
  const records: PerfRecord[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".json")) continue;
    records.push(PERF_RECORD.parse(JSON.parse(await Deno.readTextFile(`${folder}/${name}`))));
  }
  records.sort((a, b) => a.startedAt < b.startedAt ? -1 : 1);
  const counts = { comparisons: 0, alarms: 0, two: 0, all: 0 };
  for (let first = 0; first + WINDOW <= records.length; first++) {
    const window = records.slice(first, first + WINDOW);
    const turns = [0, 1].map((rest) => window.filter((_, i) => i % 2 === rest));
    for (const [base, head] of [turns, turns.toReversed()]) {
      const compared = async (list: PerfRecord[]) =>
        await compareLoaded(await sideOf("base", base), await sideOf("head", list));
      const { regression } = await compared(head);
      const two = await compared(head.map((record) => slowed(record, (i) => i === 3 || i === 7)));
      const all = await compared(head.map((record) => slowed(record, () => true)));
      const named = [3, 7].map((i) => `kernels / ${records[0].kernels[i].name}`);
      counts.comparisons++;
      if (regression) counts.alarms++;
      if (two.changes.some(({ name, verdict }) => verdict === "worse" && named.includes(name))) counts.two++;
      if (all.regression) counts.all++;
    }
  }
  const { comparisons, alarms, two, all } = counts;
  await print(
    `${records.length} records, ${comparisons} comparisons: ${alarms} false alarms, 20 % in two kernels found in ` +
      `${two}, 20 % in all kernels in ${all}\n`,
  );
}

function slowed(record: PerfRecord, wanted: (i: number) => boolean): PerfRecord {
  const slow = (ms: number) => 1.2 * ms;
  const kernels = record.kernels.map((one, i) =>
    wanted(i) ? { ...one, samplesMs: one.samplesMs.map(slow) } : one
  );
  return { ...record, kernels };
}

const print = (text: string) =>
  new Blob([text]).stream().pipeTo(Deno.stdout.writable, { preventClose: true });

if (import.meta.main) {
  if (Deno.args.length > 0) await onRecords(Deno.args[0]);
  else await onMadeUp();
}

async function onMadeUp(): Promise<void> {
  const rows: string[][] = [];
  for (const [name, noise] of NOISES) {
    const [alarms] = await times(noise, 5, 1);
    const [, found] = await times(noise, 5, 1.2);
    rows.push([`29 times, ${name}`, "5 records", percent(alarms), percent(found)]);
  }
  for (const rerun of [0.5, 1]) {
    const [alarms] = await accuracies(rerun, 0);
    const [, found] = await accuracies(rerun, 3);
    rows.push([`12 accuracies, ${rerun} points`, "5 seeds", percent(alarms), percent(found)]);
  }
  const titles = ["noise", "each side", "false alarms", "planted change found"];
  await print(formatTable(titles.map((title) => ({ title })), rows));
}
