/** Real runs, each in a process of its own that is killed at chosen moments and then continues. */
import { assertEquals } from "@std/assert";
import { noGpu } from "../../engine/testing/gpu.ts";
import { canonicalRecord } from "../record/canonical.ts";
import { PROJECT_ROOT } from "../record/env.ts";
import type { CellRecord, RunManifest } from "../records/mod.ts";
import { withTempDir } from "../testing.ts";

const PRESET = `
name: tiny
description: for tests
dataset: { name: planted, trainSize: 64, testSize: 32, size: 12 }
model: { arch: resnet8, widths: [4, 8, 8] }
training: { epochs: 3, batchSize: 16, lr: 0.05 }
adversarialTraining: null
featureSets: { D_rand: { encoder: standard, steps: 2, batchSize: 32 } }
probe: { epochs: 1, batchSize: 16, curvePoints: 3, curveImages: 32 }
evaluation:
  batchSize: 16
  attack: { steps: 2 }
  autoAttack: { version: custom, images: 24, attacks: [apgd-ce, square], iterations: 2, queries: 6 }
`;

/** Says what it does, and kills itself at the moment it is told: `CELL start`, `CELL train IMAGES`,
 * `CELL finish`. */
const SCRIPT = `
import { openWorkbench } from "${new URL("../cells/mod.ts", import.meta.url)}";
import { parsePreset } from "${new URL("../config/parse_preset.ts", import.meta.url)}";
import { SILENT } from "${new URL("./progress.ts", import.meta.url)}";
import { run } from "${new URL("./run.ts", import.meta.url)}";
const [outDir, moment] = Deno.args;
let cell = "";
const say = (event) => {
  console.log(cell + " " + event);
  if (cell + " " + event === moment) Deno.kill(Deno.pid, "SIGKILL");
};
const result = await run({
  preset: parsePreset(${JSON.stringify(PRESET)}, { source: "tiny.yaml" }),
  outDir,
  dataDir: null,
  command: "test",
  resume: true,
}, {
  openWorkbench,
  writeReport: () => Promise.resolve({ path: "", problems: [] }),
  progress: {
    ...SILENT,
    start: ({ name }) => (cell = name, say("start")),
    keep: ({ name }) => (cell = name, say("kept")),
    update: ({ label, done }) => say(label + " " + done),
    finish: ({ reason }) => say(reason === null ? "finish" : reason),
    note: (text) => say(text),
  },
  signal: new AbortController().signal,
  checkpointPauseMs: 0,
});
Deno.exit(result.exitCode);
`;

/** Starts the script. */
async function startScript(dir: string, moment: string): Promise<Deno.ChildProcess> {
  const script = `${dir}/script.ts`;
  await Deno.writeTextFile(script, SCRIPT);
  const config = ["--no-check", "--no-lock", "--config", "deno.json"];
  const args = ["run", "-A", ...config, script, `${dir}/run`, moment];
  const options = { args, cwd: PROJECT_ROOT, stdout: "piped", stderr: "inherit" } as const;
  return new Deno.Command(Deno.execPath(), options).spawn();
}

/** Runs until the moment, or to the end; gives back what the process said. */
async function runUntil(dir: string, moment: string | null): Promise<string[]> {
  const { code, stdout, signal } = await (await startScript(dir, moment ?? "")).output();
  assertEquals<unknown>([code, signal], moment === null ? [0, null] : [128 + 9, "SIGKILL"]);
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

/** Runs for a while and is killed wherever it is then. */
async function runFor(dir: string, ms: number): Promise<void> {
  const child = await startScript(dir, "");
  const timer = setTimeout(() => child.kill("SIGKILL"), ms);
  await child.output();
  clearTimeout(timer);
}

async function readRun(dir: string): Promise<{ manifest: RunManifest; records: CellRecord[] }> {
  const read = async (path: string) => JSON.parse(await Deno.readTextFile(`${dir}/run/${path}`));
  const manifest: RunManifest = await read("run.json");
  const paths = manifest.cells.map((name) => `records/${name.replaceAll("/", "--")}.json`);
  return { manifest, records: await Promise.all(paths.map(read)) };
}

/** All but what changes where somebody commits meanwhile. */
const comparable = (record: CellRecord) => ({ ...canonicalRecord(record), commit: null, dirty: null });

/** Every training step of a cell as it was said: how many images came before and with it. */
const trained = (said: string[], cell: string) => said.filter((line) => line.startsWith(`${cell} train `));

Deno.test("run() killed again and again ends with the records of an uninterrupted run, bit for bit", {
  ignore: noGpu || Deno.build.os === "windows",
}, async () => {
  await withTempDir(async (dir) => {
    const [killed, whole, anywhere] = [`${dir}/killed`, `${dir}/whole`, `${dir}/anywhere`];
    for (const folder of [killed, whole, anywhere]) await Deno.mkdir(folder);
    await runUntil(whole, null);

    const [natural, construct, random] = ["sl/natural/seed-0", "construct/D_rand/seed-0", "sl/D_rand/seed-0"];
    await runUntil(killed, `${natural} train 96`); // the second of three epochs of 64 images
    const first = await runUntil(killed, `${natural}/probe curve 128`); // the second of three points
    assertEquals(trained(first, natural)[0], `${natural} train 80`);
    const second = await runUntil(killed, `${natural}/attack attack 16`); // the first of two batches of PGD
    const probed = second.filter((line) => line.startsWith(`${natural}/probe `));
    assertEquals(probed.slice(0, 2), [`${natural}/probe start`, `${natural}/probe curve 192`]);
    const third = await runUntil(killed, `${natural}/attack AutoAttack square 0`); // the second of two attacks
    assertEquals([third.slice(0, 4), trained(third, natural)], [
      [
        `${natural} kept`,
        `${natural}/probe kept`,
        `${natural}/attack start`,
        `${natural}/attack attack 32`,
      ],
      [],
    ]);
    const fourth = await runUntil(killed, `${construct} construct 32`); // the first of two batches
    assertEquals(fourth.slice(2, 4), [`${natural}/attack start`, `${natural}/attack AutoAttack square 0`]);
    const fifth = await runUntil(killed, `${random} train 144`); // the last epoch
    const constructed = fifth.filter((line) => line.startsWith(`${construct} construct`));
    assertEquals(constructed, [`${construct} construct 64`]);
    const last = await runUntil(killed, null);
    assertEquals(last.slice(0, 5), [
      `${natural} kept`,
      `${natural}/probe kept`,
      `${natural}/attack kept`,
      `${construct} kept`,
      `${random} start`,
    ]);
    assertEquals(trained(last, random)[0], `${random} train 144`);

    const [found, expected] = [await readRun(killed), await readRun(whole)];
    assertEquals(found.records.map(comparable), expected.records.map(comparable));
    assertEquals(found.manifest.resumedAt?.length, 6);
    const files = (await Array.fromAsync(Deno.readDir(`${killed}/run`), ({ name }) => name)).sort();
    assertEquals(files, ["artifacts", "records", "run.json"]);

    for (let time = 0; time < 4; time++) await runFor(anywhere, 300 + 3000 * Math.random());
    await runUntil(anywhere, null);
    assertEquals((await readRun(anywhere)).records.map(comparable), expected.records.map(comparable));
  });
});
