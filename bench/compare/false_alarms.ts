/**
 * How often `compare` finds what is not there, and what is: a simulation, whose table stands in `docs/compare.md`.
 * `deno run -A bench/compare/false_alarms.ts`
 *
 * @module
 */
import { formatTable } from "../terminal/table.ts";
import { compareLoaded } from "./mod.ts";
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

if (import.meta.main) {
  const rows: string[][] = [];
  for (const [name, noise] of NOISES) {
    for (const records of [1, 5]) {
      const [alarms] = await times(noise, records, 1);
      const [, found] = await times(noise, records, 1.2);
      rows.push([`29 times, ${name}`, `${records} and ${records} records`, percent(alarms), percent(found)]);
    }
  }
  for (const rerun of [0.5, 1]) {
    const [alarms] = await accuracies(rerun, 0);
    const [, found] = await accuracies(rerun, 3);
    rows.push([`12 accuracies, ${rerun} points`, "5 seeds", percent(alarms), percent(found)]);
  }
  const titles = ["noise", "of each side", "false alarms", "planted change found"];
  await new Blob([formatTable(titles.map((title) => ({ title })), rows)]).stream().pipeTo(
    Deno.stdout.writable,
  );
}
