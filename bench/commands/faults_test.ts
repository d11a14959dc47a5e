/**
 * What the file system can do to every command: a folder where a file should be, a link that leads to itself, a path through
 * a file, a device that cannot be read, a pipe, bytes that are no text. Each is said in one line, with the path and an
 * exit code that is the same everywhere, and never as a bug.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { main as data } from "../../datasets/cli.ts";
import { main as report } from "../../reports/cli.ts";
import { writeReport } from "../../reports/mod.ts";
import { fakeDevice, fakeResult, writeInputs } from "../attack/testing.ts";
import { openWorkbench } from "../cells/mod.ts";
import { main } from "./main.ts";
import { runBench } from "./run_bench.ts";
import { EXIT } from "../../common/usage_error.ts";
import { fakeOutcome, fakeWorkbench, smallPreset, withTempDir } from "../testing.ts";

const openFake = fakeWorkbench((cell) => Promise.resolve(fakeOutcome(cell)));

/** Runs a command in this process, without a device: generated images need none, read ones are read in earnest. */
async function start([name, ...rest]: string[]) {
  let text = "";
  const stdout = (part: string) => void (text += part), stderr = stdout;
  const { signal } = new AbortController();
  const openDevice = fakeDevice((_, { labels }) => Promise.resolve(fakeResult(labels.length)));
  const run = () => {
    if (name === "report") return report(rest, { stdout, stderr });
    if (name === "data") return data(rest, { stdout, stderr });
    return main(name === "bench" ? rest : [name, ...rest], {
      openWorkbench: (preset, options) =>
        (preset.dataset.name === "planted" ? openFake : openWorkbench)(preset, options),
      openAttackDevice: openDevice,
      writeReport: (dir) => writeReport(dir),
      terminal: null,
      signal,
      stdout,
      stderr,
    });
  };
  return { code: await run(), text };
}

/** One line (and a hint), with the exit code, without a stack or the system's own words. */
async function refused(args: string[], code: number): Promise<void> {
  const found = await start(args), what = args.join(" ").slice(0, 300);
  assertEquals(found.code, code, `${what}\n${found.text}`);
  assertMatch(found.text, /^Cannot [^\n]+: [^\n]+(\nHint: [\s\S]+)?\n$/, what);
  assertEquals(/os error|bug in realfeatures|\n\s+at /.test(found.text), false, `${what}\n${found.text}`);
}

/** A finished run of made-up cells, inputs of an attack, and files of no known kind. */
async function prepare(dir: string) {
  const run = `${dir}/run-of-cells`;
  await Array.fromAsync(runBench({ preset: smallPreset(), outDir: run, openWorkbench: openFake }));
  await Deno.writeTextFile(`${dir}/file`, "words");
  await Deno.writeFile(`${dir}/bytes.json`, Uint8Array.of(0xff, 0xfe, 0));
  await Deno.mkdir(`${dir}/folder.json`);
  const found = [`${dir}/folder.json`, `${dir}/bytes.json`, `${dir}/none.json`, `${dir}/file/below.json`];
  if (Deno.build.os === "windows") return { run, broken: found };
  await Deno.symlink("loop.json", `${dir}/loop.json`);
  await new Deno.Command("mkfifo", { args: [`${dir}/pipe.json`] }).output();
  return { run, broken: [...found, `${dir}/loop.json`, `${dir}/pipe.json`, "/proc/self/mem/.json"] };
}

Deno.test("every command says in a line what an input is that it cannot read, with exit code 2", async () => {
  await withTempDir(async (dir) => {
    const { run, broken } = await prepare(dir);
    const args = await writeInputs(dir);
    const attackArgs = [
      "attack",
      ...args.slice(1, 2),
      "--norm=L2",
      "--eps=0.5",
      "--n=4",
      `--out=${dir}/out`,
    ];
    const reading: Record<string, (path: string) => string[]> = {
      "--preset": (path) => ["bench", "--preset", path],
      "--data": (path) => ["bench", "--preset", "cifar10-sl", "--data", path],
      "plan --data": (path) => ["plan", "--preset", "cifar10-sl", "--data", path],
      "--reuse": (path) => ["bench", "--preset", "smoke", "--reuse", path, "--out", `${dir}/out`],
      "attack --weights": (path) => [...attackArgs, args[2], `--weights=${path}`],
      "attack --data": (path) => [...attackArgs, args[0], `--data=${path}`],
      reproduce: (path) => ["reproduce", path],
      compare: (path) => ["compare", run, path],
      "compare --more-base": (path) => ["compare", run, run, "--more-base", path],
      "compare --thresholds": (path) => ["compare", run, run, "--thresholds", path],
      history: (path) => ["history", path],
      "history --prune": (path) => ["history", path, "--prune", "last=1"],
      "history --append": (path) => ["history", `${dir}/h.jsonl`, "--append", path],
      report: (path) => ["report", path],
      "report --perf": (path) => ["report", "--perf", path],
      "report --history": (path) => ["report", "--history", path],
      "data --archive": (path) => ["data", "cifar10", "--archive", path, "--out", `${dir}/out`],
    };
    for (const make of Object.values(reading)) {
      for (const path of broken) await refused(make(path), EXIT.usage);
    }
  });
});

Deno.test("every command says in a line where it cannot write, with exit code 1", async () => {
  await withTempDir(async (dir) => {
    const { run } = await prepare(dir);
    const args = await writeInputs(dir);
    for (const path of [`${dir}/file/below`, `${dir}/${"x".repeat(300)}`]) {
      const out = ["--out", path];
      await refused(["bench", "--preset", "smoke", ...out], EXIT.failed);
      await refused(["attack", ...args, "--norm=L2", "--eps=0.5", "--n=4", ...out], EXIT.failed);
      await refused(["perf", ...out], EXIT.failed);
      await refused(["peers", ...out], EXIT.failed);
      await refused(["compare", run, run, "--output", path], EXIT.failed);
      await refused(["history", path, "--append", run], EXIT.failed);
      await refused(["report", run, ...out], EXIT.failed);
      await refused(["data", "planted", ...out], EXIT.failed);
    }
  });
});

Deno.test("bench says in one line which file of the data is invalid", async () => {
  await withTempDir(async (dir) => {
    const { broken } = await prepare(dir);
    const folder = `${dir}/cifar`, files = [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`);
    await Deno.mkdir(folder);
    for (const name of [...files, "test_batch.bin"]) await Deno.writeTextFile(`${folder}/${name}`, "");
    await Deno.writeTextFile(`${folder}/batches.meta.txt`, "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
    for (const name of [files[0], "batches.meta.txt"]) {
      const path = `${folder}/${name}`, kept = await Deno.readFile(path);
      for (const target of broken.slice(0, 6)) {
        await Deno.remove(path);
        await Deno.symlink(target, path);
        await refused(["bench", "--preset", "cifar10-sl", "--data", folder], EXIT.usage);
      }
      await Deno.remove(path);
      await Deno.writeFile(path, kept);
    }
  });
});

Deno.test("bench, reproduce, compare and report meet a record that is a folder", async () => {
  await withTempDir(async (dir) => {
    const { run } = await prepare(dir);
    const record = `${run}/records/sl--natural--seed-0.json`;
    await Deno.remove(record);
    await Deno.mkdir(`${record}/within`, { recursive: true });
    await Deno.writeTextFile(
      `${dir}/small.yaml`,
      "name: small\ndescription: for tests\nfeatureSets: { robust: {} }\n",
    );
    await refused(["reproduce", record], EXIT.usage);
    for (
      const args of [
        ["bench", "--preset", `${dir}/small.yaml`, "--out", run, "--resume", "--quiet"],
        ["bench", "--preset", `${dir}/small.yaml`, "--out", `${dir}/other`, "--reuse", run, "--quiet"],
        ["plan", "--states", "--preset", `${dir}/small.yaml`, "--out", run],
        ["compare", run, run],
        ["report", run],
      ]
    ) {
      const { text } = await start(args);
      assertEquals(/os error|bug in realfeatures|\n\s+at /.test(text), false, `${args}\n${text}`);
    }
  });
});

Deno.test("attack --resume says what is wrong with a damaged attack.json, and keeps it", async () => {
  await withTempDir(async (dir) => {
    const args = [
      "attack",
      ...await writeInputs(dir),
      "--norm=L2",
      "--eps=0.5",
      "--n=12",
      `--out=${dir}/out`,
    ];
    assertEquals((await start([...args, "--quiet"])).code, EXIT.done);
    const path = `${dir}/out/attack.json`, whole = await Deno.readTextFile(path);
    const { configuration, schema, version } = JSON.parse(whole);
    const damaged = [
      "",
      "null",
      "[]",
      "{}",
      whole.slice(0, -40),
      JSON.stringify({ schema, version, configuration }),
      whole.replace('"robustAccuracy": ', '"robustAccuracy": 7'),
      whole.replace('"artifacts"', '"artefacts"'),
      whole.replace('"checks": [', '"checks": [null, '),
    ];
    for (const text of damaged) {
      await Deno.writeTextFile(path, text);
      const found = await start([...args, "--quiet", "--resume"]);
      assertEquals(
        [/os error|bug in realfeatures|\n\s+at /.test(found.text), found.code < 3],
        [false, true],
        found.text,
      );
      assertMatch(found.text, /attack\.json/);
      const kept = await Promise.all(
        [path, `${path}.corrupt`].map((file) => Deno.readTextFile(file).catch(() => null)),
      );
      assertEquals(kept.includes(text), true, found.text);
    }
  });
});

Deno.test({
  name: "reproduce and peers say that TMPDIR cannot be written",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await withTempDir(async (dir) => {
      const { run } = await prepare(dir), before = Deno.env.get("TMPDIR");
      Deno.env.set("TMPDIR", `${dir}/file`);
      try {
        const { code, text } = await start(["reproduce", `${run}/records/sl--natural--seed-0.json`]);
        assertEquals(code, EXIT.failed);
        assertMatch(
          text,
          /^Cannot make a temporary folder in .*\/file: .* not a folder\nHint: set TMPDIR to a folder/,
        );
      } finally {
        if (before === undefined) Deno.env.delete("TMPDIR");
        else Deno.env.set("TMPDIR", before);
      }
    });
  },
});
