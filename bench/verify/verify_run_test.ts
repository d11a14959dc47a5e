import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { saveCheckpoint } from "../../engine/files/checkpoint.ts";
import { NAMES, snapshot, start, startUntil } from "../run/testing_resume.ts";
import { NO_HASH, readContent, withTempDir, writeSealed } from "../testing.ts";
import { UsageError } from "../../common/usage_error.ts";
import { runCommand } from "../../common/command_line/mod.ts";
import { servicesFor } from "../commands/testing.ts";
import { VERIFY_COMMAND } from "../commands/verify.ts";
import { verifyRun } from "./verify_run.ts";

const RECORD = "records/sl--natural--seed-0.json";
const FILE = "artifacts/sl/natural/seed-0/output.txt";
const CHECKPOINT = "checkpoints/sl--robust--seed-0.0123456789ab.safetensors";

async function command(...args: string[]) {
  let stdout = "";
  const code = await runCommand(VERIFY_COMMAND, args, servicesFor({ stdout: (text) => stdout += text }));
  return { code, stdout };
}

/** A run with a checkpoint, and what leaves it as it was. */
async function withRun(body: (dir: string) => Promise<void>): Promise<void> {
  await withTempDir(async (dir) => {
    await start(dir);
    await Deno.mkdir(`${dir}/checkpoints`);
    await saveCheckpoint(`${dir}/${CHECKPOINT}`, {
      tensors: new Map([["a", { dtype: "F32", shape: [2], data: Float32Array.of(1, 2) }]]),
      state: { step: 1 },
    });
    await body(dir);
  });
}

Deno.test("verifyRun() finds a run whole, changes nothing, and lists what it does not know", async () => {
  await withRun(async (dir) => {
    const before = await snapshot(dir);
    const { faults, unknown, unfinished, unsealed, records, artifacts, checkpoints } = await verifyRun(dir);
    assertEquals([faults, unknown, unfinished, unsealed], [[], [], [], []]);
    assertEquals([records, artifacts, checkpoints], [4, 4, 1]);
    assertEquals(await snapshot(dir), before);
    await Deno.writeTextFile(`${dir}/mine.txt`, "");
    await Deno.writeTextFile(`${dir}/artifacts/sl/natural/seed-0/mine.txt`, "");
    assertEquals((await verifyRun(dir)).unknown, ["artifacts/sl/natural/seed-0/mine.txt", "mine.txt"]);
  });
});

Deno.test("verifyRun() knows a stopped run, its unfinished cells and records that were set aside", async () => {
  await withTempDir(async (dir) => {
    await startUntil(dir, NAMES[2]);
    await Deno.writeTextFile(`${dir}/${RECORD}`, "{");
    await startUntil(dir, NAMES[2]);
    const started = `${dir}/artifacts/${NAMES[2]}`; // by a cell that was stopped
    await Deno.mkdir(started, { recursive: true });
    await Deno.writeTextFile(`${started}/outcomes.safetensors`, "");
    const { faults, unknown, unfinished } = await verifyRun(dir);
    assertEquals([faults, unknown, unfinished], [[], [], NAMES.slice(2)]);
  });
});

Deno.test("verifyRun() finds one flipped bit in any file that is read back", async () => {
  await withRun(async (dir) => {
    for (const path of ["run.json", RECORD, FILE, CHECKPOINT]) {
      const bytes = await Deno.readFile(`${dir}/${path}`);
      for (const share of [0.1, 0.3, 0.5, 0.7, 0.9]) {
        const at = Math.floor(share * bytes.length);
        await Deno.writeFile(`${dir}/${path}`, bytes.with(at, bytes[at] ^ 4));
        const { faults } = await verifyRun(dir);
        assertEquals(faults.map((fault) => fault.path), [path], `byte ${at} of ${path}`);
      }
      await Deno.writeFile(`${dir}/${path}`, bytes);
    }
    assertEquals((await verifyRun(dir)).faults, []);
  });
});

Deno.test("verifyRun() finds records that are sealed and do not belong: names, keys, inputs, configurations", async () => {
  await withRun(async (dir) => {
    const record = await readContent(`${dir}/${RECORD}`);
    const cases: [change: Record<string, unknown>, reason: string][] = [
      [{ cell: "sl/other/seed-0", artifacts: [] }, "it is the record of sl/other/seed-0"],
      [{ configHash: NO_HASH }, "configHash is not that of its config"],
      [{ seed: 7 }, "key is not that of what it says it was computed from"],
      [{ metrics: { cleanAccuracy: { value: 7, unit: "fraction" } } }, "is not a fraction in [0, 1], got 7"],
    ];
    for (const [change, reason] of cases) {
      await writeSealed(`${dir}/${RECORD}`, { ...record, ...change });
      assertStringIncludes((await verifyRun(dir)).faults[0].reason, reason);
    }
    await Deno.writeTextFile(`${dir}/${RECORD}`, JSON.stringify(record));
    assertStringIncludes((await verifyRun(dir)).faults[0].reason, "sha256 is missing");
    await writeSealed(`${dir}/${RECORD}`, record);
    const input = `${dir}/records/sl--adversarial--seed-0.json`;
    await writeSealed(input, { ...await readContent(input), codeHash: NO_HASH, key: NO_HASH });
    const [{ path, reason }, ...others] = (await verifyRun(dir)).faults;
    assertEquals([path, others], ["records/construct--robust--seed-0.json", []]);
    assertMatch(
      reason,
      /^it was computed from another sl\/adversarial\/seed-0 than the one in this folder, key /,
    );
  });
});

Deno.test("verifyRun() finds files that are absent or links", async () => {
  await withRun(async (dir) => {
    await Deno.rename(`${dir}/${FILE}`, `${dir}/elsewhere`);
    const [absent] = (await verifyRun(dir)).faults;
    assertMatch(absent.reason, /^it is absent, and the record of sl\/natural\/seed-0 names it$/);
    await Deno.symlink(`${dir}/elsewhere`, `${dir}/${FILE}`);
    assertMatch((await verifyRun(dir)).faults[0].reason, /^it is a symbolic link/);
  });
});

Deno.test("verify ends with 0, 1 or 2, and prints lines or JSON", async () => {
  await withRun(async (dir) => {
    const whole = await command(dir);
    assertEquals(whole.code, 0);
    assertMatch(
      whole.stdout,
      /: whole; 4 records, 4 files, 1 checkpoint, 0\.0 MB in \d\.\d+ s \(\d+ MB\/s\)\n$/,
    );
    await Deno.writeTextFile(`${dir}/${FILE}`, "other");
    const { code, stdout } = await command(dir);
    assertEquals(code, 1);
    assertMatch(
      stdout,
      /^artifacts\/sl\/natural\/seed-0\/output\.txt: it has sha256 \w{64}, the record of sl/,
    );
    assertMatch(stdout, /: 1 fault; .*\nHint: a cell whose record is damaged or removed runs again/);
    const json = await command(dir, "--json");
    assertEquals([json.code, JSON.parse(json.stdout).faults[0].path], [1, FILE]);
    assertMatch((await command("--help")).stdout, /Usage: deno task bench verify RUN/);
    await assertRejects(() => command(), UsageError, "expected RUN, given nothing");
    await assertRejects(() => command(dir, "other"), UsageError, " other\nHint: deno task bench verify RUN");
    await assertRejects(() => command(`${dir}/absent`), UsageError, "no run lies there");
    await assertRejects(() => command(`${dir}/artifacts`), UsageError, "no run lies there");
  });
});
