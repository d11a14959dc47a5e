/** Runs with workers whose own process is ended, however that comes: no worker may stay behind. */
import { assertEquals } from "@std/assert";
import { PROJECT_ROOT } from "../record/env.ts";
import { RunFolder } from "../store/run_folder.ts";
import { withTempDir } from "../testing.ts";

/** Starts a run of two cells at once that wait, and never ends by itself. */
const SCRIPT = `
import { interruptSignal } from "${new URL("../terminal/interrupt.ts", import.meta.url)}";
import { SILENT } from "${new URL("../run/progress.ts", import.meta.url)}";
import { run } from "${new URL("../run/run.ts", import.meta.url)}";
import { fakeWorkbench, smallPreset } from "${new URL("../testing.ts", import.meta.url)}";
import { actsFolder } from "${new URL("testing_worker.ts", import.meta.url)}";
const [outDir] = Deno.args;
let running = 0;
const result = await run({
  preset: smallPreset(),
  outDir,
  dataDir: actsFolder({ "sl/natural/seed-0": "wait", "sl/adversarial/seed-0": "wait" }),
  command: "test",
  jobs: 2,
}, {
  openWorkbench: fakeWorkbench(() => Promise.reject(new Error("not here"))),
  writeReport: () => Promise.resolve({ path: "", problems: [] }),
  progress: {
    ...SILENT,
    note: (text) => console.log(text),
    update: ({ done }) => done === 2 && ++running === 2 && console.log("both run"),
  },
  signal: interruptSignal(() => console.log("stopping")),
  worker: new URL("${new URL("testing_worker.ts", import.meta.url)}"),
});
Deno.exit(result.exitCode);
`;

function isAlive(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT"); // changes nothing
    return true;
  } catch {
    return false;
  }
}

/** Ends the run as told once both cells run; gives back its end, and the workers that live on after a while. */
async function endBy(dir: string, signal: Deno.Signal) {
  await Deno.writeTextFile(`${dir}/script.ts`, SCRIPT);
  const config = ["--no-check", "--no-lock", "--config", "deno.json"];
  const args = ["run", "-A", ...config, `${dir}/script.ts`, `${dir}/run`];
  const options = { args, cwd: PROJECT_ROOT, stdout: "piped", stderr: "inherit" } as const;
  const child = new Deno.Command(Deno.execPath(), options).spawn();
  let said = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    said += text;
    if (text.includes("both run")) child.kill(signal);
  }
  const { code } = await child.status;
  const pids = [...said.matchAll(/works in (\d+)/g)].map(([, pid]) => Number(pid));
  for (let i = 0; i < 300 && pids.some(isAlive); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  return { code, workers: pids.length, left: pids.filter(isAlive) };
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGKILL", 137]] as const) {
  Deno.test(`run() with jobs leaves no worker behind on ${signal}, and no lock`, {
    ignore: Deno.build.os === "windows",
  }, async () => {
    await withTempDir(async (dir) => {
      assertEquals(await endBy(dir, signal), { code, workers: 2, left: [] });
      const folder = await RunFolder.open(`${dir}/run`);
      await folder!.enter();
      await folder!.leave();
    });
  });
}
