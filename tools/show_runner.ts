/**
 * Shows on real cells what the runner promises; minutes long, so no part of the tests:
 *
 * - `deno run -A tools/show_runner.ts kills [N]`: `smoke`, killed (SIGKILL) at N random moments (20), resumed each time,
 *   ends with the records of a run that was left alone.
 * - `... interrupts [N] [SEED] [JOBS]`: the same by Ctrl-C (SIGINT), at 1 job or more: each time the run is gone within
 *   2 s, with exit code 130, and has left no process behind.
 * - `... two`: two processes on one folder are faster than one, run no cell twice, and end with the same records.
 * - `... reproduce`: `bench reproduce` says identical for every record of a fresh run.
 * - `... overhead RUN`: the share of a run that was finished in one piece in which its processes computed no cell: opening
 *   devices, reading data, planning, writing, and waiting for each other.
 *
 * @module
 */
import { canonicalRecord } from "../bench/record/canonical.ts";
import { canonicalJson } from "../common/canonical_json.ts";
import type { CellRecord } from "../bench/records/mod.ts";
import { runAndStop } from "../bench/run/testing_stops.ts";
import { stream } from "../common/random.ts";
import { ROOT } from "./repository.ts";

const say = (text: string) => Deno.stdout.write(new TextEncoder().encode(`${text}\n`));

function start(args: readonly string[]): Deno.ChildProcess {
  const command = ["run", "-A", "--quiet", "--no-check", "bench/cli.ts", ...args];
  const options = { args: command, cwd: ROOT, stdin: "null", stdout: "piped", stderr: "piped" } as const;
  return new Deno.Command(Deno.execPath(), options).spawn();
}

/** Runs to the end; gives back what it said, and how long it took. */
async function complete(child: Deno.ChildProcess): Promise<{ code: number; text: string; seconds: number }> {
  const startedAt = performance.now();
  const { code, stdout, stderr } = await child.output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  return { code, text, seconds: (performance.now() - startedAt) / 1000 };
}

const smoke = (out: string) => ["--preset", "smoke", "--out", out, "--resume", "--jobs", "1"];

async function recordsOf(dir: string): Promise<Map<string, CellRecord>> {
  const records = new Map<string, CellRecord>();
  for await (const { name, isFile } of Deno.readDir(`${dir}/records`)) {
    if (!isFile) continue;
    const record = JSON.parse(await Deno.readTextFile(`${dir}/records/${name}`)) as CellRecord;
    records.set(record.cell, record);
  }
  return records;
}

/** Names of cells whose records are not the same in both folders. */
async function unlike(a: string, b: string): Promise<string[]> {
  const [one, two] = [await recordsOf(a), await recordsOf(b)];
  // Somebody may commit meanwhile.
  const text = (record: CellRecord | undefined) =>
    record === undefined ? "" : canonicalJson({ ...canonicalRecord(record), commit: null, dirty: null });
  return [...new Set([...one.keys(), ...two.keys()])].filter((name) =>
    text(one.get(name)) !== text(two.get(name))
  );
}

async function kills(dir: string, count: number): Promise<boolean> {
  const whole = await complete(start(smoke(`${dir}/whole`)));
  await say(`left alone: exit code ${whole.code}, ${whole.seconds.toFixed(0)} s`);
  let killed = 0, folders = 0;
  let folder = `${dir}/killed-${folders}`;
  const same: boolean[] = [];
  const check = async () => same.push((await unlike(`${dir}/whole`, folder)).length === 0);
  while (killed < count) {
    const child = start(smoke(folder));
    const ended = complete(child);
    const lifeMs = 500 + Math.random() * 2 * 1000 * whole.seconds / count;
    const timer = setTimeout(() => child.kill("SIGKILL"), lifeMs);
    const { code } = await ended;
    clearTimeout(timer);
    if (code === 137) {
      killed++;
      const done = (await recordsOf(folder).catch(() => new Map())).size;
      await say(`killed after ${(lifeMs / 1000).toFixed(1)} s, ${done} cells are finished`);
    } else { // it was faster than the kill
      await check();
      folder = `${dir}/killed-${++folders}`;
    }
  }
  const last = await complete(start(smoke(folder)));
  await check();
  await say(
    `killed ${killed} times: exit code ${last.code}, runs with the same records: ${
      same.filter(Boolean).length
    } of ${same.length}`,
  );
  return last.code === 0 && same.every(Boolean);
}

async function interrupts(
  dir: string,
  { count, seed, jobs }: { count: number; seed: number; jobs: number },
): Promise<boolean> {
  const moments = stream(seed, "interrupts");
  const words = (out: string) => ["bench/cli.ts", ...smoke(out).slice(0, -1), String(jobs)];
  const startedAt = performance.now();
  const whole = await runAndStop(words(`${dir}/whole`));
  const wholeMs = performance.now() - startedAt;
  await say(`left alone, ${jobs} jobs: exit code ${whole.code}, ${(wholeMs / 1000).toFixed(0)} s`);
  let stops = 0, folders = 0, slowestMs = 0, good = true;
  let folder = `${dir}/stopped-${folders}`;
  const check = async () => {
    const other = await unlike(`${dir}/whole`, folder);
    good &&= other.length === 0;
    await say(other.length === 0 ? "the same records" : `other records: ${other.join(", ")}`);
  };
  while (stops < count) {
    const afterMs = 300 + moments.uniform(0, stops + folders) * 2 * wholeMs / count;
    const { code, exitMs, left } = await runAndStop(words(folder), { signal: "SIGINT", at: afterMs });
    if (exitMs === null) { // it was faster than the signal
      good &&= code === 0;
      await check();
      folder = `${dir}/stopped-${++folders}`;
      continue;
    }
    stops++;
    slowestMs = Math.max(slowestMs, exitMs);
    good &&= code === 130 && exitMs <= 2000 && left.length === 0;
    const done = (await recordsOf(folder).catch(() => new Map())).size;
    await say(
      `${stops}: after ${(afterMs / 1000).toFixed(1)} s, ${done} cells done; gone in ${
        exitMs.toFixed(0)
      } ms, ` +
        `exit code ${code}, ${left.length} processes left`,
    );
  }
  const last = await runAndStop(words(folder));
  good &&= last.code === 0;
  await check();
  await say(`stopped ${stops} times, ${jobs} jobs: gone in ${slowestMs.toFixed(0)} ms at most`);
  return good;
}

async function two(dir: string): Promise<boolean> {
  const one = await complete(start(smoke(`${dir}/one`)));
  const startedAt = performance.now();
  const pair = await Promise.all([1, 2].map(() => complete(start(smoke(`${dir}/two`)))));
  const seconds = (performance.now() - startedAt) / 1000;
  const ran = pair.map(({ text }) => [...text.matchAll(/\] (\S+) {2}done in/g)].map(([, name]) => name));
  const twice = ran[0].filter((name) => ran[1].includes(name));
  const differ = await unlike(`${dir}/one`, `${dir}/two`);
  await say(
    `one process ${one.seconds.toFixed(1)} s; two ${seconds.toFixed(1)} s, ${
      ran.map((names) => names.length).join(" and ")
    } ` +
      `cells, ${twice.length} twice, ${differ.length} records differ`,
  );
  return pair.every(({ code }) => code === 0) && twice.length + differ.length === 0 && seconds < one.seconds;
}

async function reproduce(dir: string): Promise<boolean> {
  await complete(start(smoke(`${dir}/run`)));
  const verdicts = new Map<string, number>();
  for await (const { name, isFile } of Deno.readDir(`${dir}/run/records`)) {
    if (!isFile) continue;
    const { text } = await complete(start(["reproduce", `${dir}/run/records/${name}`, "--quiet", "--json"]));
    const { verdict, first } = JSON.parse(text);
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    if (verdict !== "identical") await say(`${name}: ${verdict}, ${first}`);
  }
  await say([...verdicts].map(([verdict, count]) => `${count} ${verdict}`).join(", "));
  return verdicts.size === 1 && verdicts.has("identical");
}

/** Milliseconds that no cell accounts for, of each of the processes, by a finished run's own files. */
async function overhead(run: string): Promise<boolean> {
  const { durationMs, jobs } = JSON.parse(await Deno.readTextFile(`${run}/run.json`));
  const cells = [...(await recordsOf(run)).values()].reduce((sum, record) => sum + record.durationMs, 0);
  const own = durationMs - cells / jobs, share = own / durationMs;
  await say(
    `${(durationMs / 1000).toFixed(1)} s with ${jobs} cells at once, ${(own / 1000).toFixed(2)} s of it (${
      (100 * share).toFixed(2)
    } %) outside of cells`,
  );
  return share < 0.01;
}

if (import.meta.main) {
  const [what, count = "20", seed = "0", jobs = "1"] = Deno.args;
  const shows = {
    overhead: () => overhead(count),
    kills: (dir: string) => kills(dir, Number(count)),
    interrupts: (dir: string) =>
      interrupts(dir, { count: Number(count), seed: Number(seed), jobs: Number(jobs) }),
    two,
    reproduce,
  };
  if (!Object.hasOwn(shows, what ?? "")) {
    await say(`Cannot show ${what}: known are ${Object.keys(shows).join(", ")}`);
    Deno.exit(2);
  }
  const dir = await Deno.makeTempDir();
  try {
    Deno.exitCode = await shows[what as keyof typeof shows](dir) ? 0 : 1;
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
