/** The tasks under their own permissions: what stands in `deno.json` after `deno run`, on something real. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TINY_PRESET } from "../bench/testing.ts";
import config from "../deno.json" with { type: "json" };
import { noGpu } from "../engine/testing/gpu.ts";
import { join } from "./path.ts";
import { ROOT } from "./repository.ts";

const TASKS: Readonly<Record<string, string>> = config.tasks;
const FLAGS =
  /^(?:[A-Z_]+=\S+ )?deno (?:run|test) (?:--quiet )?(--no-prompt( --allow-\S+)+)(?= [^-]|$| --config)/;

/** The permissions of a task. */
function permissionsOf(task: string): string[] {
  const [, flags] = FLAGS.exec(TASKS[task]) ?? [];
  assert(flags !== undefined, `${task} has permissions: ${TASKS[task]}`);
  return flags.split(" ");
}

/** A task with these words, as `deno task` runs it; without some of its permissions where `lacking` names them. */
async function runTask(task: string, words: string[], { lacking = "none" } = {}) {
  const program = TASKS[task].split(" ").at(-1)!;
  const flags = permissionsOf(task).filter((flag) => !flag.startsWith(lacking));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", ...flags, program, ...words],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, said: text(stdout) + text(stderr) };
}

/** A folder with a preset in it. */
async function withPreset(body: (dir: string, preset: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(dir, "tiny.yaml"), TINY_PRESET);
    await body(dir, join(dir, "tiny.yaml"));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("tasks ask for nothing, have no permission of every kind, and reach no host but the one of their data", () => {
  const chains = ["ok", "api"]; // `deno doc` takes no permissions
  for (const task of Object.keys(TASKS).filter((task) => !chains.includes(task))) {
    const flags = permissionsOf(task);
    const hosts = flags.filter((flag) => /^--allow-(net|import|ffi|all)/.test(flag));
    const allowed: Record<string, string[]> = {
      data: ["--allow-net=www.cs.toronto.edu"],
      test: ["--allow-net=127.0.0.1"],
    };
    assertEquals(hosts, allowed[task] ?? [], task);
    assertEquals(/ -A\b/.test(TASKS[task]), false, task);
  }
  assertEquals(permissionsOf("report"), ["--no-prompt", "--allow-read", "--allow-write"]);
});

Deno.test({
  name:
    "bench runs cells in this process and in workers under its task's permissions, and report makes the page",
  ignore: noGpu,
  fn: () =>
    withPreset(async (dir, preset) => {
      const run = join(dir, "run"), words = ["--preset", preset, "--out", run, "--quiet"];
      const two = await runTask("bench", [...words, "--jobs=2"]);
      assertEquals(two.code, 0, two.said);
      const record = JSON.parse(await Deno.readTextFile(join(run, "records/sl--natural--seed-0.json")));
      // What Linux tells of drivers is read in the same process or not at all.
      if (Deno.build.os === "linux") assertMatch(record.machine.driver, /\d/);
      assertMatch(record.commit ?? "0".repeat(40), /^[0-9a-f]{40}$/);
      const again = await runTask("bench", [
        "reproduce",
        join(run, "records/sl--natural--seed-0.json"),
        "--quiet",
      ]);
      assertEquals([again.code, again.said.includes("identical")], [0, true], again.said);
      const page = await runTask("report", [run]);
      assertEquals(page.code, 0, page.said);
    }),
});

Deno.test("data writes pictures and may not ask another host, baseline compares, under their permissions", () =>
  withPreset(async (dir) => {
    const [pictures, baseline] = await Promise.all([
      runTask("data", ["planted", "--out", join(dir, "planted")]),
      runTask("baseline", ["--run", "baselines/smoke-llvmpipe", "--baseline", "baselines/smoke-llvmpipe"]),
    ]);
    assertEquals([pictures.code, pictures.said.includes("5 contact sheets")], [0, true], pictures.said);
    assertEquals(baseline.code, 0, baseline.said);
  }));

Deno.test("a permission that is not there is said in words, without a stack", () =>
  withPreset(async (dir, preset) => {
    const out = join(dir, "run"), bench = ["--preset", preset, "--out", out];
    const cases: [task: string, words: string[], lacking: string, said: string][] = [
      ["bench", bench, "--allow-write", "Cannot write to the run folder"],
      ["bench", bench, "--allow-env", 'there is no env access to "CI"\nHint: '],
      ["bench", ["plan", "--preset", join(dir, "tiny.yaml")], "--allow-read", "Cannot read preset"],
      ["report", [dir], "--allow-read", "Cannot read run: Deno may not read it, "],
      ["data", ["planted", "--out", out], "--allow-write", "there is no write access to"],
      ["data", ["cifar10", "--out", out], "--allow-net", "Requires net access"],
    ];
    await Promise.all(cases.map(async ([task, words, lacking, part]) => {
      const { code, said } = await runTask(task, words, { lacking });
      assert(code !== 0, `${task} without ${lacking}`);
      assertStringIncludes(said, part);
      assertEquals(/^ +at /m.test(said), false, said);
    }));
  }));
