import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { NoAdapterError } from "../../engine/device/device.ts";
import type { BenchServices } from "./services.ts";
import { startBench } from "./testing.ts";
import { fakeOutcome, fakeWorkbench, withTempDir } from "../testing.ts";

/** Runs the command; cells succeed unless the test says otherwise. */
function start(args: string[], services: Partial<BenchServices> = {}) {
  return startBench(args, {
    openWorkbench: fakeWorkbench((cell) => Promise.resolve(fakeOutcome(cell))),
    ...services,
  });
}

Deno.test("main() prints a table and where records and report lie", async () => {
  await withTempDir(async (dir) => {
    const { code, stdout, stderr } = await start([
      "--preset",
      "smoke",
      "--out",
      `${dir}/run`,
      "--seeds",
      "0..1",
    ]);
    assertEquals(code, 0);
    assertMatch(stdout, /^network +clean +images\/s +time +status\n/);
    assertStringIncludes(stdout, "sl/D_rand/seed-1");
    assertStringIncludes(stdout, `\nRecords: ${dir}/run/records\nReport:  ${dir}/run/report.html\n`);
    assertStringIncludes(stderr, "[86/86] dm/robust/seed-1/attack  done in");
    const manifest = JSON.parse(await Deno.readTextFile(`${dir}/run/run.json`));
    assertEquals(manifest.settings.seeds, [0, 1]);
    assertEquals(manifest.command, `deno task bench --preset smoke --out ${dir}/run --seeds 0..1`);
  });
});

Deno.test("main() prints nothing but JSON with --json and --quiet", async () => {
  await withTempDir(async (dir) => {
    const { code, stdout, stderr } = await start(["--preset=smoke", "--json", "--quiet", `--out=${dir}/run`]);
    assertEquals([code, stderr], [0, ""]);
    const { records, manifest, exitCode, runDir } = JSON.parse(stdout);
    assertEquals([records.length, manifest.preset, exitCode, runDir], [43, "smoke", 0, `${dir}/run`]);
  });
});

Deno.test("main() shows help and knows every option and preset in it", async () => {
  for (const word of ["--help", "-h"]) {
    const { code, stdout, stderr } = await start([word]);
    assertEquals([code, stderr], [0, ""]);
    for (
      const part of [
        "--preset NAME|FILE",
        "--seeds",
        "Presets: quick, smoke, planted, cifar10-small, cifar10-sl, paper",
        "perf",
        "peers",
      ]
    ) {
      assertStringIncludes(stdout, part);
    }
  }
});

const WRONG: [args: string[], message: RegExp][] = [
  [["--preset", "quik"], /^Cannot find preset "quik": no such name, did you mean quick/],
  [["--prset", "quick"], /unknown option --prset, did you mean --preset/],
  [["perv"], /^Cannot run deno task bench perv: unknown command, did you mean perf/],
  [
    ["quick"],
    /unknown command, known are plan, attack, perf, peers, reproduce, verify, compare, history\nHint: deno task bench --preset quick runs a preset\n$/,
  ],
  [["--seeds", "x"], /^Cannot read --seeds: /],
  [["--reuse=runs/a,"], /^Cannot read --reuse: must be run folders with commas between, given runs\/a,\n$/],
  [
    ["--preset=smoke", "--reuse", "/no/such"],
    /^Cannot reuse cells of a run: no run\.json lies in the folder, .*, given \/no\/such\nHint: name the folder/,
  ],
  [["--jobs=0"], /^Cannot read --jobs: must be a whole number from 1 to 9999, given 0\n$/],
  [["plan", "--jobs", "two"], /^Cannot read --jobs: must be a whole number from 1 to 9999, given two\n$/],
  [
    ["--vector-width=100"],
    /^Cannot read --vector-width: unknown width 100, did you mean 128, known are 128, 256, 512, given 100\n$/,
  ],
  [
    ["--variants", "fast"],
    /^Cannot read --variants: "fast" is neither fixed, timed nor OP=NAME, given fast\n$/,
  ],
  [
    ["plan", "--variants=conv2b=8x8"],
    /^Cannot read --variants: unknown operation conv2b, did you mean conv2d, /,
  ],
  [
    ["--preset", "cifar10-sl"],
    /reads cifar10 from a folder, without --data\nHint: deno task data cifar10 .*\n$/,
  ],
  [
    ["--preset", "cifar10-sl", "--data", "/no/such"],
    /^Cannot read cifar10: no such folder, given --data \/no\/such\n$/,
  ],
  [
    ["--preset", "smoke", "--data", "."],
    /^Cannot use --data: preset smoke generates its images, given \.\n$/,
  ],
];

for (const [args, message] of WRONG) {
  Deno.test(`main() refuses ${args.join(" ")} with exit code 2, before any work and without a stack trace`, async () => {
    const { code, stdout, stderr } = await start(args, {
      openWorkbench: () => Promise.reject(new Error("must not be reached")),
    });
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, message);
    assertEquals(/\n\s+at /.test(stderr), false);
  });
}

Deno.test("main() hands --variants on, and shows what the workbench notes", async () => {
  await withTempDir(async (dir) => {
    const open = fakeWorkbench((cell) => Promise.resolve(fakeOutcome(cell)));
    const seen: unknown[] = [];
    const openWorkbench: BenchServices["openWorkbench"] = (preset, options) => {
      seen.push(options.variants);
      options.note?.("timings lie here");
      return open(preset, options);
    };
    const variants = "--variants=fixed,conv2d=1x8x8";
    const run = await start(["--preset=smoke", `--out=${dir}/run`, variants], { openWorkbench });
    const plan = await start(["plan", "--preset=smoke", variants], { openWorkbench });
    assertEquals(seen, Array(2).fill({ rule: "fixed", pins: { conv2d: "1x8x8" } }));
    for (const { stderr } of [run, plan]) assertStringIncludes(stderr, "timings lie here\n");
  });
});

Deno.test("main() ends with 4 where no adapter answers", async () => {
  await withTempDir(async (dir) => {
    const { code, stderr } = await start(["--preset", "smoke", "--out", `${dir}/run`], {
      openWorkbench: () =>
        Promise.reject(new NoAdapterError("Cannot open a GPU: no adapter\nHint: run sh setup.sh")),
    });
    assertEquals([code, stderr], [4, "Cannot open a GPU: no adapter\nHint: run sh setup.sh\n"]);
  });
});

Deno.test("main() ends with 1 and one clear error where the output folder cannot be written", async () => {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/file`, "");
    const { code, stderr } = await start(["--preset", "smoke", "--out", `${dir}/file`]);
    assertEquals(code, 1);
    assertMatch(stderr, /^Cannot write to the run folder .*\nHint: choose another folder with --out\n$/);
  });
});

Deno.test("main() ends with 1 and says why where cells fail", async () => {
  await withTempDir(async (dir) => {
    const { code, stdout } = await start(["--preset", "smoke", "--out", `${dir}/run`], {
      openWorkbench: fakeWorkbench(() =>
        Promise.reject(new RangeError("Cannot train: loss is NaN, at step 1"))
      ),
    });
    assertEquals(code, 1);
    assertStringIncludes(stdout, "sl/natural/seed-0 failed: Cannot train: loss is NaN, at step 1\n");
    assertStringIncludes(stdout, "sl/D_det/seed-0 skipped: its input construct/D_det/seed-0 was skipped\n");
  });
});

Deno.test("main() ends with 130 on an abort and says how much did not run", async () => {
  await withTempDir(async (dir) => {
    const controller = new AbortController();
    const { code, stdout } = await start(["--preset", "smoke", "--out", `${dir}/run`], {
      signal: controller.signal,
      openWorkbench: fakeWorkbench((cell) => {
        if (cell.name.startsWith("construct")) controller.abort();
        controller.signal.throwIfAborted();
        return Promise.resolve(fakeOutcome(cell));
      }),
    });
    assertEquals(code, 130);
    assertStringIncludes(stdout, "Interrupted: 37 of 43 cells did not run\n");
  });
});

Deno.test("main() shows a stack trace for a bug", async () => {
  await withTempDir(async (dir) => {
    const { code, stderr } = await start(["--preset", "smoke", "--out", `${dir}/run`], {
      openWorkbench: () => Promise.reject(new TypeError("x is not a function")),
    });
    assertEquals(code, 1);
    assertMatch(stderr, /bug in realfeatures.*\nTypeError: x is not a function\n\s+at /);
  });
});

Deno.test("main() resumes with a stopped run by the same command with --resume", async () => {
  await withTempDir(async (dir) => {
    const controller = new AbortController();
    const args = ["--preset", "smoke", "--out", `${dir}/run`];
    const stopped = await start(args, {
      signal: controller.signal,
      openWorkbench: fakeWorkbench((cell) => {
        if (cell.name !== "sl/natural/seed-0") controller.abort();
        controller.signal.throwIfAborted();
        return Promise.resolve(fakeOutcome(cell));
      }),
    });
    assertEquals(stopped.code, 130);
    assertStringIncludes(
      stopped.stdout,
      `\nHint: the same command with --out ${dir}/run --resume continues\n`,
    );
    const refused = await start(args);
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.stderr, "add --resume");
    for (let time = 0; time < 2; time++) {
      const { code, stderr } = await start([...args, "--resume"]);
      assertEquals(code, 0, stderr);
      assertMatch(stderr, /^\[1\/\d+\] sl\/natural\/seed-0 {2}kept {2}clean/);
    }
    const more = await start([...args, "--resume", "--seeds", "0,1"]);
    assertEquals(more.code, 0);
    assertMatch(more.stderr, /sl\/natural\/seed-0 {2}kept.*\n[^]*sl\/natural\/seed-1 {2}done in/);
    const other = await start(["--preset", "quick", "--out", `${dir}/run`, "--resume"]);
    assertEquals(other.code, 2);
    assertStringIncludes(other.stderr, 'preset: found "smoke", expected "quick"');
  });
});

Deno.test("main() refuses --resume without the folder to resume", async () => {
  const { code, stderr } = await start(["--preset", "smoke", "--resume"]);
  assertEquals(code, 2);
  assertEquals(
    stderr,
    "Cannot read --resume: it needs --out, which is missing\nHint: add --out DIR\n",
  );
});

Deno.test("main() plan prints every cell and its cost, and writes nothing", async () => {
  await withTempDir(async (dir) => {
    const { code, stdout, stderr } = await start(["plan", "--preset=smoke", "--seeds=0,1", "--jobs", "4"]);
    assertEquals(code, 0);
    assertMatch(stdout, /^Preset smoke: 86 cells/);
    for (const part of ["dm/robust/seed-1", "all", "With 4 at once (--jobs): 0 ms, "]) {
      assertStringIncludes(stdout, part);
    }
    assertStringIncludes(stderr, "profiling cl/natural/seed-0");
    const { stdout: json } = await start(["plan", "--preset=smoke", "--json", "--quiet", "--jobs=3"]);
    const plan = JSON.parse(json);
    assertEquals([plan.cells.length, plan.jobs], [43, 3]);
    const wrong = await start(["plan", "--preset=smoke", "--resume"]);
    assertEquals(wrong.code, 2);
    assertMatch(wrong.stderr, /^Cannot run deno task bench plan: unknown option --resume/);
    assertEquals(await Array.fromAsync(Deno.readDir(dir)), []);
  });
});

Deno.test("main() plan says what of a run is done, stale and why, or to do", async () => {
  await withTempDir(async (dir) => {
    const preset = (steps: number) =>
      `name: mine\ndescription: a try\nfeatureSets: {}\nadversarialTraining: null\n` +
      `evaluation: { attack: { steps: ${steps} }, autoAttack: null }\n`;
    await Deno.writeTextFile(`${dir}/mine.yaml`, preset(10));
    const args = ["--preset", `${dir}/mine.yaml`, "--out", `${dir}/run`];
    const states = async (...more: string[]) => (await start(["plan", ...args, "--states", ...more])).stdout;
    assertMatch(await states(), /^Preset mine: 3 cells, 3 to do\.\n/);
    assertEquals((await start(args)).code, 0);
    assertMatch(await states(), /^Preset mine: 3 cells, 3 done\.\n/);
    await Deno.writeTextFile(`${dir}/mine.yaml`, preset(20));
    assertMatch(
      await states("--seeds=0,1"),
      /6 cells, 2 done, 1 stale, 3 to do\.\n[^]*seed-0\/attack +sl\/natural\/seed-0 +stale: config\.evaluation\.attack\.s/,
    );
    const { cells } = JSON.parse(await states("--json"));
    assertEquals(cells.map(({ kind, state }: Record<string, unknown>) => `${kind} ${state}`), [
      "train done",
      "probe done",
      "attack stale",
    ]);
    assertEquals([cells[2].inputs, cells[2].key.length], [["sl/natural/seed-0"], 64]);
    const { stdout, stderr } = await start(["plan", ...args]);
    assertMatch(stdout, /sl\/natural\/seed-0 +done +[^]*all that have to run/);
    assertMatch(
      stderr,
      /^profiling sl\/natural\/seed-0\/attack \(1 of 1\)\nprofiled sl\/natural\/seed-0\/attack in .+\n$/,
    );
    await Deno.writeTextFile(`${dir}/run/records/sl--natural--seed-0--probe.json`, "{");
    assertMatch(await states(), /1 done, 1 stale, 1 corrupt\./);
  });
});

Deno.test("main() reuses cells of other runs with --reuse, and plan says which", async () => {
  await withTempDir(async (dir) => {
    const plan = ["plan", "--preset=smoke", "--seeds=0,1", `--out=${dir}/b`, `--reuse=${dir}/a, ${dir}/a`];
    const refused = await start(plan);
    assertEquals([refused.code, refused.stdout], [2, ""]);
    assertMatch(refused.stderr, /^Cannot reuse cells of a run: /);
    assertEquals((await start(["--preset=smoke", `--out=${dir}/a`])).code, 0);
    const states = await start([...plan, "--states"]);
    assertMatch(states.stdout, /^Preset smoke: 86 cells, 43 done in other runs, 43 to do\.\n/);
    assertStringIncludes(states.stdout, ` done (in ${dir}/a)\n`);
    const { stdout, stderr } = await start(plan);
    assertMatch(stdout, /sl\/natural\/seed-0 +done \(in .*\/a\) +0\.0 .*\n[^]*sl\/natural\/seed-1 +to do /);
    assertEquals(stderr.includes("seed-0"), false);
    const { cells } = JSON.parse((await start([...plan, "--json", "--quiet"])).stdout);
    assertEquals([cells[0].reusedFrom, cells.at(-1).reusedFrom], [`${dir}/a`, null]);
    assertEquals(await Array.fromAsync(Deno.readDir(dir), ({ name }) => name), ["a"]);

    const taken = await start(["--preset=smoke", `--out=${dir}/b`, `--reuse=${dir}/a`]);
    assertEquals(taken.code, 0);
    assertMatch(taken.stderr, /^43 of 43 cells that are missing are reused from .*\/a\n\[1\/43\].* kept/);
    assertMatch(
      (await start([...plan, "--states"])).stdout,
      /^Preset smoke: 86 cells, 43 done, 43 to do\.\n/,
    );
    await Deno.writeTextFile(`${dir}/a/records/sl--natural--seed-0.json`, "{");
    const other = await start(["plan", "--preset=smoke", `--reuse=${dir}/a`, "--states"]);
    assertMatch(other.stdout, /^Preset smoke: 43 cells, 42 done in other runs, 1 to do\.\n/);
    assertMatch(
      other.stderr,
      /^Cannot reuse sl\/natural\/seed-0 from .*: its record is corrupt, it is not JSON/,
    );
  });
});

Deno.test("main() prints what happens as JSON lines with --events, the result last", async () => {
  await withTempDir(async (dir) => {
    const args = ["--preset=smoke", "--events", "--quiet", `--out=${dir}/run`];
    const { code, stdout, stderr } = await start(args);
    assertEquals([code, stderr], [0, ""]);
    const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(events[0].cells.length, 43);
    assertEquals(events.filter(({ event }) => event === "finished").length, 43);
    assertEquals([events.at(-1).event, events.at(-1).result.records.length], ["ended", 43]);
    const both = await start([...args, "--json"]);
    assertEquals(both.code, 2);
    assertMatch(both.stderr, /^Cannot print both: --events and --json/);
  });
});

Deno.test("main() explains a key of presets with --explain, and refuses an unknown one", async () => {
  const { code, stdout } = await start(["--explain", "training.lr"]);
  assertEquals(code, 0);
  assertMatch(stdout, /^training\.lr: /);
  const wrong = await start(["--explain", "training.epoch"]);
  assertEquals([wrong.code, wrong.stdout], [2, ""]);
  assertMatch(wrong.stderr, /did you mean training\.epochs/);
});
