/** Nothing of the user's is changed, moved or deleted, by any command and in any failure. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { noGpu } from "../../engine/testing/gpu.ts";
import { writeReport } from "../../reports/mod.ts";
import { main as report } from "../../reports/cli.ts";
import { fakeDevice, fakeResult, TEST_SIZE, writeInputs } from "../attack/testing.ts";
import { startBench } from "./testing.ts";
import type { Workbench } from "../plan/cell.ts";
import { PROJECT_ROOT } from "../record/env.ts";
import { chained, fakeWorkbench, restoreChained, TINY_PRESET, withTempDir } from "../testing.ts";
import { placeBystanders, treeOf } from "../testing_bystanders.ts";

const onWindows = Deno.build.os === "windows";
const NATURAL = "sl/natural/seed-0", FILE = "sl--natural--seed-0";

interface Settings {
  readonly execute?: Workbench["executeCell"];
  readonly controller?: AbortController;
}

/** Runs a command with made-up cells, all else being real. */
async function bench(
  args: string[],
  { execute = chained, controller = new AbortController() }: Settings = {},
) {
  return await startBench(args, {
    openWorkbench: fakeWorkbench(execute, { restoreOutput: restoreChained }),
    openAttackDevice: fakeDevice(() => Promise.resolve(fakeResult(TEST_SIZE))),
    writeReport,
    signal: controller.signal,
  });
}

/** A preset file, and the args that run it in `DIR/run`. */
async function prepare(dir: string, seeds = [0]): Promise<string[]> {
  const text = `name: small\ndescription: for tests\nseeds: [${seeds}]\nfeatureSets: { robust: {} }\n`;
  await Deno.writeTextFile(`${dir}/small.yaml`, text);
  return ["--preset", `${dir}/small.yaml`, "--quiet", "--out", `${dir}/run`];
}

const interrupting = (controller: AbortController): Workbench["executeCell"] => (cell, context) => {
  if (cell.name !== NATURAL) controller.abort();
  context.signal.throwIfAborted();
  return chained(cell, context);
};

Deno.test("bench with --out refuses a folder without run.json that holds anything under a name of ours", {
  ignore: onWindows,
}, async () => {
  await withTempDir(async (dir) => {
    const args = await prepare(dir), outside = `${dir}/outside`;
    await Deno.mkdir(outside);
    await Deno.writeTextFile(`${outside}/a.safetensors`, "precious");
    const folders = ["records", "artifacts", "checkpoints", "leases"];
    const files = ["report.html", "run.json.corrupt", ".lock", ...folders];
    const cases: [name: string, make: (path: string) => Promise<void>][] = [
      ...folders.map((name) =>
        [name, async (path: string) => {
          await Deno.mkdir(path);
          await Deno.writeTextFile(`${path}/${FILE}.json`, "{}");
        }] as [string, (path: string) => Promise<void>]
      ),
      ...files.map((name) => [name, (path: string) => Deno.writeTextFile(path, "mine")] as typeof cases[0]),
      ...files.map((name) => [name, (path: string) => Deno.symlink(outside, path)] as typeof cases[0]),
      ...files.map((name) =>
        [name, (path: string) => Deno.symlink(`${outside}/absent`, path)] as typeof cases[0]
      ),
    ];
    for (const [name, make] of cases) {
      await Deno.mkdir(`${dir}/run`);
      await make(`${dir}/run/${name}`);
      const before = await treeOf(dir);
      for (const more of [[], ["--resume"]]) {
        const { code, stderr } = await bench([...args, ...more]);
        assertEquals(code, 2);
        assertStringIncludes(stderr, `Cannot start a run in ${dir}/run: it holds no run.json, but `);
        assertStringIncludes(
          stderr,
          `${name} that no run is known to have left\nHint: choose another folder`,
        );
        assertEquals(await treeOf(dir), before);
      }
      await Deno.remove(`${dir}/run`, { recursive: true });
    }
    for (const folder of folders) await Deno.mkdir(`${dir}/run/${folder}`, { recursive: true }); // a start was killed
    await Deno.writeTextFile(`${dir}/run/.lock`, "");
    const unfinished = `${dir}/run/.run.json.${crypto.randomUUID()}.tmp`; // whose it is shows in a run of ours alone
    await Deno.writeTextFile(unfinished, "mine?");
    assertEquals((await bench(args)).code, 0);
    assertEquals(await Deno.readTextFile(unfinished), "mine?");
  });
});

Deno.test(
  "every command leaves the user's files next to and inside a run as they are, however it ends",
  {
    ignore: onWindows,
  },
  async () => {
    await withTempDir(async (dir) => {
      const args = await prepare(dir, [0, 1]), run = `${dir}/run`;
      const controller = new AbortController();
      const stopped = await bench(args, { controller, execute: interrupting(controller) });
      assertEquals(stopped.code, 130);
      const check = await placeBystanders(run, `${dir}/outside`);
      for (const name of [FILE, "sl--adversarial--seed-0"]) {
        await Deno.writeTextFile(`${run}/checkpoints/${name}.0123456789ab.safetensors`, "ours");
        await Deno.writeTextFile(`${run}/leases/.${name}.json.${crypto.randomUUID()}.tmp`, "ours");
      }
      const step = async (code: number, args: string[], settings: Settings = {}) => {
        const found = await bench(args, settings);
        assertEquals(found.code, code, found.stderr + found.stdout);
        await check();
        return found;
      };
      const resume = [...args, "--resume"], again = new AbortController();
      await step(130, resume, { controller: again, execute: interrupting(again) });
      await step(1, resume, { execute: () => Promise.reject(new Error("Cannot train: no")) });
      await step(2, args); // it holds a run
      await step(0, ["plan", "--preset", `${dir}/small.yaml`, "--out", run, "--states"]);
      await step(0, resume);
      const left = [...(await treeOf(run)).keys()];
      assert(
        !left.some((path) => /01234567890ab\.safetensors$|leases\/\.sl/.test(path)),
        "what is ours was cleared",
      );
      await Deno.writeTextFile(`${run}/records/${FILE}.json`, "{ cut");
      await step(0, resume);
      await Deno.writeTextFile(`${run}/run.json`, "{ cut");
      await step(0, resume);
      await prepare(dir, [1]); // seed 0 is of the run no more
      await step(0, resume);
      const record = `${run}/records/${FILE.replace("0", "1")}.json`;
      await step(0, ["reproduce", record, "--quiet"]);
      await step(0, [...args.slice(0, -1), `${dir}/other`, "--reuse", run]);
      await step(0, ["compare", `${dir}/other`, run]);
      await step(1, ["verify", run]); // it names links and records that are of no cell
      await step(0, ["history", `${dir}/history.jsonl`, "--append", run]);
      for (const name of ["notes.txt", "file-link", "dangling.json", "records"]) {
        for (const command of ["perf", "peers"]) await step(2, [command, "--out", `${run}/${name}`]);
        await step(2, ["history", `${run}/${name}`, "--prune", "last=1"]);
      }
      for (const name of ["file-link", "dangling.json", "records"]) {
        await step(1, ["compare", run, run, "--output", `${run}/${name}`]);
      }
      assertEquals(await report([run], { stdout: () => {}, stderr: () => {} }), 0);
      await check();
      await prepare(dir);
      await Deno.writeTextFile(`${dir}/small.yaml`, "name: other\ndescription: another run\n");
      await step(2, resume);
      await Deno.writeTextFile(`${run}/run.json`, '{ "schema": "realfeatures/run", "version": 99 }');
      await step(2, resume);
    });
  },
);

Deno.test(
  "bench with --resume refuses a part of the run folder that is a link, and touches neither it nor what it leads to",
  {
    ignore: onWindows,
  },
  async () => {
    await withTempDir(async (dir) => {
      const args = [...await prepare(dir), "--resume"], run = `${dir}/run`, aside = `${dir}/aside`;
      assertEquals((await bench(args)).code, 0);
      await Deno.remove(`${run}/records/${FILE}.json`); // so that there is something to do
      const parts = [
        ...["records", "artifacts", "artifacts/sl", `artifacts/${NATURAL}`, "report.html", "run.json"],
        ...["checkpoints", "leases", "records/stale", "run.json.corrupt", ".lock", `records/${FILE}.json`],
        `leases/${FILE}.json`,
      ];
      for (const part of parts) {
        const path = `${run}/${part}`, was = await Deno.lstat(path).then(() => true, () => false);
        await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
        if (was) await Deno.rename(path, aside);
        else await Deno.mkdir(aside);
        await Deno.symlink(aside, path);
        const before = await treeOf(dir);
        const { code, stderr } = await bench(args);
        assertEquals(code, 2, part);
        assertStringIncludes(
          stderr,
          part === "run.json" ? "its run.json is a symbolic link" : `Cannot use ${path}: it is`,
        );
        assertEquals(await treeOf(dir), before);
        await Deno.remove(path);
        if (was) await Deno.rename(aside, path);
        else await Deno.remove(aside);
      }
      for (const part of ["checkpoints", "leases", "records/stale"]) {
        await Deno.remove(`${run}/${part}`).catch(() => {}); // an empty folder
        await Deno.writeTextFile(`${run}/${part}`, "mine");
        const before = await treeOf(dir), { code, stderr } = await bench(args);
        assertEquals(code, 2, part);
        assertStringIncludes(stderr, `Cannot use ${run}/${part}: it is a file where a folder belongs`);
        assertEquals(await treeOf(dir), before);
        await Deno.remove(`${run}/${part}`);
      }
      await Deno.symlink(run, `${dir}/link`); // the run folder itself may be reached through one
      const found = await bench([...args.slice(0, -2), `${dir}/link`, "--resume"]);
      assertEquals([found.code, found.stderr], [0, ""]);
    });
  },
);

Deno.test(
  "bench with --reuse takes nothing through a link in the other folder",
  { ignore: onWindows },
  async () => {
    await withTempDir(async (dir) => {
      const args = await prepare(dir), run = `${dir}/run`;
      assertEquals((await bench(args)).code, 0);
      await Deno.rename(`${run}/artifacts/${NATURAL}`, `${dir}/secret`);
      await Deno.symlink(`${dir}/secret`, `${run}/artifacts/${NATURAL}`);
      const before = await treeOf(run), other = [...args.slice(0, -1), `${dir}/other`, "--reuse", run];
      const { code } = await bench(other);
      assertEquals([code, await treeOf(run)], [0, before]);
      const [secret, taken] = [`${dir}/secret`, `${dir}/other/artifacts/${NATURAL}`].map((path) =>
        Deno.lstatSync(`${path}/output.txt`).ino
      );
      assert(secret !== taken, "the file behind the link was linked");
      assertStringIncludes(
        await Deno.readTextFile(`${dir}/other/records/sl--adversarial--seed-0.json`),
        '"reusedFrom"',
      );
    });
  },
);

Deno.test("bench attack leaves the user's files in its folder as they are, and refuses links", {
  ignore: onWindows,
}, async () => {
  await withTempDir(async (dir) => {
    const inputs = [
      "attack",
      ...await writeInputs(dir),
      "--norm=Linf",
      "--eps=8/255",
      `--n=${TEST_SIZE}`,
      "--quiet",
    ];
    const args = [...inputs, `--out=${dir}/out`];
    const check = await placeBystanders(`${dir}/out`, `${dir}/outside`);
    await Deno.writeTextFile(`${dir}/out/.lock`, "mine");
    for (const more of [[], ["--resume"]]) {
      assertEquals((await bench([...args, ...more])).code, 0);
      await check();
    }
    assertEquals((await bench(args)).code, 2);
    await check();
    assertEquals(await Deno.readTextFile(`${dir}/out/.lock`), "mine");
    for (const name of ["attack.json", "state.safetensors", "outcomes.safetensors", ".lock"]) {
      await Deno.mkdir(`${dir}/new`);
      await Deno.symlink(`${dir}/outside/mine.txt`, `${dir}/new/${name}`);
      for (const more of [[], ["--resume"]]) {
        const { code, stderr } = await bench([...inputs, `--out=${dir}/new`, ...more]);
        assertEquals(code, 2);
        assertStringIncludes(stderr, "a symbolic link");
      }
      assertEquals([...(await treeOf(`${dir}/new`)).keys()], [name]);
      await check();
      await Deno.remove(`${dir}/new`, { recursive: true });
    }
  });
});

Deno.test(
  "deno task bench in a process of its own leaves the user's files as they are, interrupted and resumed",
  {
    ignore: noGpu || onWindows,
  },
  async () => {
    await withTempDir(async (dir) => {
      await Deno.writeTextFile(`${dir}/tiny.yaml`, TINY_PRESET);
      const run = `${dir}/run`;
      const start = async (args: string[], stopAt?: string) => {
        const child = new Deno.Command(Deno.execPath(), {
          args: [
            "run",
            "-A",
            "--no-check",
            "bench/cli.ts",
            "--preset",
            `${dir}/tiny.yaml`,
            "--out",
            run,
            ...args,
          ],
          cwd: PROJECT_ROOT,
          stdout: "null",
          stderr: "piped",
        }).spawn();
        let stderr = "", told = false;
        for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
          stderr += text;
          if (stopAt === undefined || told || !stderr.includes(stopAt)) continue;
          child.kill("SIGINT");
          told = true;
        }
        return (await child.status).code;
      };
      // More seeds than the run that resumes: it has not ended by then, and its other cells are dropped.
      assertEquals(await start(["--seeds", "0..3"], "sl/natural/seed-0"), 130);
      const check = await placeBystanders(run, `${dir}/outside`);
      assertEquals(await start(["--resume", "--jobs", "2"]), 0);
      await check();
      await Deno.remove(`${run}/run.json`);
      const before = await treeOf(dir);
      assertEquals(await start([]), 2);
      assertEquals(await treeOf(dir), before);
    });
  },
);
