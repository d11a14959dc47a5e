/** The command as a person starts it: in a process of its own, with the real cells. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { noGpu } from "../../engine/testing/gpu.ts";
import { canonicalRecord } from "../record/canonical.ts";
import { PROJECT_ROOT } from "../record/env.ts";
import type { CellRecord } from "../records/mod.ts";
import { withTempDir } from "../testing.ts";

interface StartOptions {
  readonly env?: Record<string, string>;
  /** Told each piece of stderr; may send signals to the process. */
  readonly onStderr?: (text: string, child: Deno.ChildProcess) => void;
}

/** Starts `deno task bench` without the task's own line. */
async function bench(args: string[], { env = {}, onStderr }: StartOptions = {}) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "bench/cli.ts", ...args],
    cwd: PROJECT_ROOT,
    env,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdout = new Response(child.stdout).text();
  let stderr = "";
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    stderr += text;
    onStderr?.(text, child);
  }
  const { code } = await child.status;
  return { code, stdout: await stdout, stderr };
}

async function readRecords(runDir: string): Promise<CellRecord[]> {
  const names = await Array.fromAsync(Deno.readDir(`${runDir}/records`), ({ name }) => name);
  return await Promise.all(
    names.sort().map(async (name) => JSON.parse(await Deno.readTextFile(`${runDir}/records/${name}`))),
  );
}

/** What two runs of one command have in common, even while somebody edits the working tree between them. */
function comparable(record: CellRecord) {
  return {
    ...canonicalRecord(record),
    commit: null,
    dirty: null,
    codeHash: null,
    key: null,
    inputs: null,
  };
}

const noSignals = Deno.build.os === "windows";

Deno.test(
  "bench gives the same records with one job and with two, down to the hashes of weights and images",
  {
    ignore: noGpu,
  },
  async () => {
    await withTempDir(async (dir) => {
      const runs = await Promise.all([1, 2].map(async (jobs) => {
        const name = `jobs-${jobs}`;
        const { code, stdout, stderr } = await bench([
          "--preset",
          "smoke",
          "--out",
          `${dir}/${name}`,
          "--jobs",
          String(jobs),
          "--quiet",
        ]);
        assertEquals([code, stderr], [0, ""]);
        assertStringIncludes(stdout, `Report:  ${dir}/${name}/report.html`);
        return await readRecords(`${dir}/${name}`);
      }));
      assertEquals(runs[0].length, 43);
      assertEquals(runs.map(([record]) => record.jobs), [1, 2]);
      for (const [i, record] of runs[0].entries()) assertEquals(comparable(record), comparable(runs[1][i]));
      assert(runs[0].every(({ artifacts }) => artifacts.length > 0));
      const made = runs[0].filter(({ kind }) => kind === "train" || kind === "construct");
      assertEquals(new Set(made.map(({ artifacts }) => artifacts[0].sha256)).size, 17);
    });
  },
);

Deno.test("bench stops on Ctrl-C with 130, keeps finished records and leaves nothing half-written", {
  ignore: noGpu || noSignals,
}, async () => {
  await withTempDir(async (dir) => {
    let sent = false;
    const { code, stdout, stderr } = await bench(["--preset", "smoke", "--out", `${dir}/run`], {
      onStderr: (text, child) => {
        if (sent || !text.includes("sl/natural/seed-0  done")) return;
        sent = true;
        child.kill("SIGINT");
      },
    });
    assertEquals(code, 130, stderr);
    assertStringIncludes(stderr, "Stopping after the current step; press Ctrl-C again to quit immediately");
    assertMatch(stdout, /\nInterrupted: \d+ of 43 cells did not run\n/);
    const records = await readRecords(`${dir}/run`);
    assert(records.length >= 1 && records.length < 43, `${records.length} records`);
    assert(records.every(({ status }) => status === "quick"));
    assert(records.some(({ cell }) => cell === "sl/natural/seed-0"));
    assertEquals(JSON.parse(await Deno.readTextFile(`${dir}/run/run.json`)).cells.length, 43);
    assertStringIncludes(await Deno.readTextFile(`${dir}/run/report.html`), "sl/natural");
  });
});
