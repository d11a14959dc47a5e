import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import type { Checkpoint } from "../../engine/files/checkpoint.ts";
import { saveCheckpoint } from "../../engine/files/checkpoint.ts";
import { withTempDir } from "../testing.ts";
import { UsageError } from "../../common/usage_error.ts";
import type { AttackDevice } from "./device.ts";
import { runCommand } from "../../common/command_line/mod.ts";
import { ATTACK_COMMAND } from "../commands/attack.ts";
import { fakeDevice, fakeResult, TEST_SIZE, writeInputs } from "./testing.ts";

const ARGS = ["--norm=Linf", "--eps=8/255", `--n=${TEST_SIZE}`, "--quiet"];

const CHECKPOINT: Checkpoint = {
  tensors: new Map([["rows", { dtype: "F32", shape: [3], data: Float32Array.of(1, 2, 3) }]]),
  state: { attack: "apgd-t", done: 5 },
};

type Attack = AttackDevice["attack"];

async function start(args: string[], evaluate: Attack, signal = new AbortController().signal) {
  const out = { text: "", errors: "" };
  const code = await runCommand(ATTACK_COMMAND, args, {
    terminal: null,
    writeReport: null,
    openAttackDevice: fakeDevice(evaluate),
    signal,
    stdout: (part) => out.text += part,
    stderr: (part) => out.errors += part,
  });
  return { code, ...out };
}

const succeed: Attack = () => Promise.resolve(fakeResult(TEST_SIZE));

/** Saves a checkpoint, then Ctrl-C. */
async function interrupted(args: string[], { save = true } = {}) {
  const controller = new AbortController();
  return await start(args, async (_options, _examples, { state, signal }) => {
    if (save) await state!.save(CHECKPOINT);
    controller.abort(new DOMException("Cannot continue: interrupted", "AbortError"));
    signal!.throwIfAborted();
    return fakeResult(TEST_SIZE);
  }, controller.signal);
}

/** The content of every file of a folder. */
async function contents(dir: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name } of Deno.readDir(dir)) {
    found[name] = new TextDecoder("latin1").decode(await Deno.readFile(`${dir}/${name}`));
  }
  return found;
}

/** Prepares inputs and an interrupted evaluation in `out`. */
async function stopped(dir: string): Promise<string[]> {
  const args = [...await writeInputs(dir), ...ARGS, `--out=${dir}/out`];
  assertEquals((await interrupted(args)).code, 130);
  return args;
}

Deno.test("attack() interrupted ends with 130, and --resume continues from what was saved", async () => {
  await withTempDir(async (dir) => {
    const args = [...await writeInputs(dir), ...ARGS, `--out=${dir}/out`];
    const { code, errors } = await interrupted(args);
    assertEquals(code, 130);
    assertEquals(
      errors,
      `Interrupted: the state is saved\nHint: the same command with --out ${dir}/out --resume continues\n`,
    );
    assertEquals(Object.keys(await contents(`${dir}/out`)), ["state.safetensors"]);

    const loaded: (Checkpoint | null)[] = [];
    // How it is printed changes no result.
    const again = await start(
      [...args, "--resume", "--json"],
      async (_options, _examples, { state }) => {
        loaded.push(await state!.load());
        return fakeResult(TEST_SIZE);
      },
    );
    assertEquals(again.code, 0);
    assertEquals([loaded[0]!.state, [...loaded[0]!.tensors.get("rows")!.data]], [CHECKPOINT.state, [
      1,
      2,
      3,
    ]]);
    const { startedAt, resumedAt } = JSON.parse(again.text);
    assertEquals([resumedAt.length, startedAt <= resumedAt[0]], [1, true]);
    assertEquals(Object.keys(await contents(`${dir}/out`)).sort(), ["attack.json", "outcomes.safetensors"]);
  });
});

Deno.test("attack() resumes an evaluation that had saved nothing yet, and starts one where there is none", async () => {
  await withTempDir(async (dir) => {
    const args = [...await writeInputs(dir), ...ARGS, `--out=${dir}/out`, "--resume"];
    assertEquals((await interrupted(args, { save: false })).code, 130);
    const { code } = await start(args, async (_options, _examples, { state }) => {
      assertEquals(await state!.load(), null);
      return fakeResult(TEST_SIZE);
    });
    assertEquals(code, 0);
  });
});

Deno.test("attack() prints a finished evaluation again with --resume, and computes nothing", async () => {
  await withTempDir(async (dir) => {
    const args = [...await writeInputs(dir), ...ARGS, `--out=${dir}/out`];
    const first = await start(args, succeed);
    const before = await contents(`${dir}/out`);
    const again = await start([...args, "--resume"], () => Promise.reject(new Error("must not be reached")));
    assertEquals([again.code, again.text], [0, first.text]);
    assertEquals(await contents(`${dir}/out`), before);
    await assertRejects(
      () => start([...args, "--resume", "--save-images"], succeed),
      UsageError,
      "is finished and kept no images",
    );
  });
});

Deno.test("attack() never overwrites an evaluation, finished or not", async () => {
  await withTempDir(async (dir) => {
    const args = await stopped(dir);
    for (const holds of ["state.safetensors", "attack.json, outcomes.safetensors"]) {
      const before = await contents(`${dir}/out`);
      const error = await assertRejects(() => start(args, succeed), UsageError);
      assertStringIncludes(
        error.message,
        `the folder holds ${holds} already, and evaluations are never overwritten\nHint: add --resume`,
      );
      assertEquals(await contents(`${dir}/out`), before);
      await start([...args, "--resume"], succeed);
    }
  });
});

const OTHER: [more: string[], differences: RegExp][] = [
  [["--batch=5"], /it is another evaluation, batchSize: found 12, expected 5\nHint: /],
  [["--seed=1"], /it is another evaluation, seed: found 0, expected 1\nHint: /],
  [["--eps=4/255"], /another evaluation, eps: found 0\.0313\d*, expected 0\.0156\d*\n/],
  [
    ["--norm=L2", "--queries=7"],
    /another evaluation, norm: found "Linf", expected "L2"; queries: found 5000, expected 7\n/,
  ],
  [["--attacks=square"], /another evaluation, attacks: found null, expected \["square"\]\n/],
  [
    ["--n=5"],
    /another evaluation, data\.sha256: found "\w+", expected "\w+"; data\.n: found 12, expected 5; batchSize: found 12, expected 5\n/,
  ],
  [["--mean=0.1,0.2,0.3"], /another evaluation, weights\.mean: found null, expected \[0\.1,0\.2,0\.3\]\n/],
  [["--reference-radius"], /another evaluation, referenceRadius: found false, expected true\n/],
];

Deno.test("attack() refuses to resume another evaluation, stopped or finished, and names what differs", async () => {
  await withTempDir(async (dir) => {
    const args = await stopped(dir);
    for (const file of ["state.safetensors", "attack.json"]) {
      const before = await contents(`${dir}/out`);
      for (const [more, differences] of OTHER) {
        const names = more.map((arg) => arg.split("=")[0]);
        const kept = args.filter((arg) => !names.includes(arg.split("=")[0]));
        const error = await assertRejects(() => start([...kept, ...more, "--resume"], succeed), UsageError);
        assert(
          error.message.startsWith(`Cannot resume the evaluation of ${dir}/out/${file}: `),
          error.message,
        );
        assertMatch(error.message, differences);
      }
      assertEquals(await contents(`${dir}/out`), before);
      await start([...args, "--resume"], succeed);
    }
  });
});

Deno.test("attack() sets aside a state or record that is damaged, and evaluates again; it leaves files of others", async () => {
  await withTempDir(async (dir) => {
    const args = await stopped(dir), path = `${dir}/out/state.safetensors`;
    const whole = await Deno.readFile(path);
    await saveCheckpoint(`${dir}/other.safetensors`, { tensors: new Map(), state: { step: 3 } });
    const bad: [bytes: Uint8Array, reason: string][] = [
      [whole.subarray(0, whole.length - 4), "lies beyond the end"],
      [whole.subarray(0, 100), "the file may be cut short"],
      [whole.with(whole.length - 2, whole.at(-2)! ^ 1), "it has another sha256 than what was written"],
      [await Deno.readFile(`${dir}/other.safetensors`), "it is no state of an evaluation"],
    ];
    for (const [bytes, reason] of bad) {
      await Deno.remove(`${dir}/out`, { recursive: true });
      await Deno.mkdir(`${dir}/out`);
      await Deno.writeFile(path, bytes);
      const seen: unknown[] = [];
      const again = await start([...args, "--resume"], async (options, examples, more) => {
        seen.push(await more.state!.load());
        return await succeed(options, examples, more);
      });
      assertEquals([again.code, seen], [0, [null]]);
      assertStringIncludes(
        again.errors,
        "/state.safetensors cannot be used and is now state.safetensors.corrupt",
      );
      assertStringIncludes(again.errors, reason);
      assertEquals(await Deno.readFile(`${path}.corrupt`), Uint8Array.from(bytes));
    }
    const record = `${dir}/out/attack.json`, text = await Deno.readTextFile(record);
    for (const damaged of [text.slice(0, 300), text.replace('"iterations": ', '"iterations": 1')]) {
      await Deno.writeTextFile(record, damaged);
      const again = await start([...args, "--resume"], succeed);
      assertEquals(again.code, 0);
      assertStringIncludes(again.errors, "/attack.json cannot be used and is now attack.json.corrupt");
      assertEquals(await Deno.readTextFile(`${record}.corrupt`), damaged);
    }
    await Deno.remove(`${dir}/out`, { recursive: true });
    await Deno.mkdir(`${dir}/out`);
    for (const bytes of [new Uint8Array(0), await Deno.readFile(`${dir}/net.safetensors`)]) {
      await Deno.writeFile(path, bytes);
      const error = await assertRejects(() => start([...args, "--resume"], succeed), UsageError);
      assertMatch(error.message, /^Cannot resume the evaluation in .*: state\.safetensors cannot be used, /);
      assertStringIncludes(error.message, "\nHint: the file is unchanged; start in another folder");
      assertEquals(await contents(`${dir}/out`), {
        "state.safetensors": new TextDecoder("latin1").decode(bytes),
      });
    }
  });
});

Deno.test("attack() leaves no folder behind where the attacks refuse to begin, and the state where they fail later", async () => {
  await withTempDir(async (dir) => {
    const args = [...await writeInputs(dir), ...ARGS, `--out=${dir}/out`];
    const fail: Attack = () => Promise.reject(new RangeError("Cannot run AutoAttack: too few classes"));
    await assertRejects(() => start(args, fail), RangeError, "too few classes");
    await assertRejects(() => Deno.stat(`${dir}/out`), Deno.errors.NotFound);
    const failLater: Attack = async (_options, _examples, { state }) => {
      await state!.save(CHECKPOINT);
      throw new RangeError("Cannot continue: out of memory");
    };
    await assertRejects(() => start(args, failLater), RangeError, "out of memory");
    assertEquals(Object.keys(await contents(`${dir}/out`)), ["state.safetensors"]);
  });
});

Deno.test("attack() keeps two processes out of one folder", async () => {
  await withTempDir(async (dir) => {
    const args = [...await writeInputs(dir), ...ARGS, `--out=${dir}/out`];
    const code = `const file = await Deno.open(${
      JSON.stringify(`${dir}/out/.lock`)
    }, { create: true, write: true });
      await file.lock(true);
      console.log("locked");
      await Deno.stdin.read(new Uint8Array(1));`;
    await Deno.mkdir(`${dir}/out`);
    const other = new Deno.Command(Deno.execPath(), {
      args: ["eval", code],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = other.stdout.getReader();
    await reader.read();
    await assertRejects(() => start(args, succeed), UsageError, "another process uses it");
    await other.stdin.close();
    await reader.cancel();
    await other.status;
    assertEquals((await start(args, succeed)).code, 0);
  });
});
