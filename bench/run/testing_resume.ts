/** Runs with made-up cells that stop and resume, for tests. */
import { canonicalRecord } from "../record/canonical.ts";
import type { Workbench } from "../plan/cell.ts";
import { type Progress, SILENT } from "./progress.ts";
import { run } from "./run.ts";
import type { RunRequest, RunServices } from "./request.ts";
import type { CellRecord } from "../records/mod.ts";
import { chained, fakeWorkbench, restoreChained, smallPreset } from "../testing.ts";

/** Cells of the small preset that need nothing but each other. */
export const NAMES = [
  "sl/natural/seed-0",
  "sl/adversarial/seed-0",
  "construct/robust/seed-0",
  "sl/robust/seed-0",
];
export const PRESET = smallPreset();

/** What the test may say of a run. */
export interface Settings extends Partial<Omit<RunServices, "openWorkbench">>, Partial<RunRequest> {
  readonly execute?: Workbench["executeCell"];
  readonly workbench?: Partial<Workbench>;
}

/** Runs four made-up cells. */
export async function start(dir: string, settings: Settings = {}) {
  const { execute = chained, workbench = {}, ...own } = settings;
  const seen: string[] = [];
  const progress: Progress = {
    ...SILENT,
    start: ({ name }) => seen.push(`run ${name}`),
    keep: ({ name }) => seen.push(`keep ${name}`),
    note: (text) => seen.push(`note ${text}`),
  };
  const request = {
    preset: PRESET,
    outDir: dir,
    dataDir: null,
    command: "deno task bench",
    resume: true,
    only: NAMES,
  };
  const result = await run({ ...request, ...own }, {
    openWorkbench: fakeWorkbench(execute, { restoreOutput: restoreChained, ...workbench }),
    writeReport: (dir) => Promise.resolve({ path: `${dir}/report.html`, problems: [] }),
    progress,
    signal: new AbortController().signal,
    ...own,
  });
  return { ...result, seen };
}

/** Runs until the given cell, which is interrupted. */
export async function startUntil(dir: string, name: string, settings: Settings = {}) {
  const controller = new AbortController();
  return await start(dir, {
    ...settings,
    signal: controller.signal,
    execute: (cell, context) => {
      if (cell.name === name) controller.abort();
      context.signal.throwIfAborted();
      return chained(cell, context);
    },
  });
}

/** What has to be the same. */
export const canonical = (records: readonly CellRecord[]) => records.map(canonicalRecord);

/** Paths of all files below a folder. */
export async function listFiles(dir: string, prefix = ""): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${dir}/${prefix}`)) {
    if (isDirectory) files.push(...await listFiles(dir, `${prefix}${name}/`));
    else files.push(prefix + name);
  }
  return files.sort();
}

/** Copies a folder as a kill would leave it. */
export async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for (const file of await listFiles(from)) {
    if (file.startsWith("leases/")) continue; // this process lives: that of a killed run would not
    await Deno.mkdir(`${to}/${file}`.replace(/[^/]+$/, ""), { recursive: true });
    await Deno.copyFile(`${from}/${file}`, `${to}/${file}`);
  }
}

/** Every file's text, to see that nothing changed. */
export async function snapshot(dir: string): Promise<Record<string, string>> {
  const files = await listFiles(dir);
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await Deno.readTextFile(`${dir}/${file}`)])),
  );
}

/** What a made-up workbench opens with. */
export const NO_OPTIONS = { dataDir: null, signal: new AbortController().signal };
