/** Processes that add lines to a history and take lines from it at once. */
import { assertEquals, assertRejects } from "@std/assert";
import { PROJECT_ROOT } from "../../record/env.ts";
import { UsageError } from "../../../common/usage_error.ts";
import { withTempDir } from "../../testing.ts";
import { sealed } from "../../records/seal.ts";
import { HISTORY_LINE } from "../../records/history_line.ts";
import { appendEntries, pruneHistory, readHistory } from "./history_file.ts";

const ENTRY = HISTORY_LINE.of({
  startedAt: "2026-01-01T00:00:00.000Z",
  durationMs: 100,
  kind: "perf",
  preset: "perf",
  commit: null,
  dirty: null,
  runtime: { deno: "0" },
  machine: { cpu: "none", cores: 1, os: "none", adapter: "none" },
  readPath: "buffer",
  jobs: null,
  data: "",
  recordVersion: 1,
  configHashes: {},
  unfinished: [],
  metrics: [],
});
const OLD = { ...ENTRY, startedAt: "1999-01-01T00:00:00.000Z" };
const KEEP = { last: null, since: "2020-01-01T00:00:00.000Z" };
const LINES = 40;

/** Adds lines under a name of its own, or prunes until it is told to stop, and once more. */
const SCRIPT = `
import { appendEntries, pruneHistory } from "${new URL("./history_file.ts", import.meta.url)}";
const [file, preset] = Deno.args, entry = ${JSON.stringify(ENTRY)};
if (preset !== "prune") {
  for (let i = 0; i < ${LINES}; i++) await appendEntries(file, [{ ...entry, preset, commit: String(i) }]);
} else {
  console.log("ready");
  const told = () => Deno.stat(file + ".stop").then(() => true, () => false);
  for (let stop = false; !stop;) {
    stop = await told();
    await pruneHistory(file, ${JSON.stringify(KEEP)});
  }
}
`;

async function filesOf(dir: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(dir), ({ name }) => name)).sort();
}

Deno.test("appendEntries() loses no line to a process that prunes meanwhile", async () => {
  await withTempDir(async (dir) => {
    const script = `${dir}/script.ts`, file = `${dir}/h.jsonl`;
    await Deno.writeTextFile(script, SCRIPT);
    await appendEntries(file, [OLD]);
    const start = (name: string) => {
      const args = ["run", "-A", "--no-check", "--no-lock", "--config", "deno.json", script, file, name];
      return new Deno.Command(Deno.execPath(), {
        args,
        cwd: PROJECT_ROOT,
        stdout: "piped",
        stderr: "inherit",
      })
        .spawn();
    };
    const pruning = start("prune");
    await pruning.stdout.getReader().read(); // it is at work
    const adding = await Promise.all(["a", "b"].map((name) => start(name).output()));
    await Deno.writeTextFile(`${file}.stop`, "");
    assertEquals([...adding, await pruning.status].map(({ code }) => code), [0, 0, 0]);
    const { entries, problems } = await readHistory(file);
    const lines = (name: string) =>
      entries.filter(({ preset }) => preset === name).map(({ commit }) => commit);
    const all = Array.from({ length: LINES }, (_, i) => String(i));
    assertEquals([lines("a"), lines("b"), problems], [all, all, []]);
    assertEquals(entries.length, 2 * LINES);
    assertEquals(await filesOf(dir), ["h.jsonl", "h.jsonl.stop", "script.ts"]);
  });
});

Deno.test("appendEntries() adds the same line once, however many add it at once", async () => {
  await withTempDir(async (dir) => {
    const added = await Promise.all(
      Array.from({ length: 50 }, () => appendEntries(`${dir}/h.jsonl`, [ENTRY])),
    );
    assertEquals(added.reduce((sum, count) => sum + count), 1);
    assertEquals(await filesOf(dir), ["h.jsonl"]);
  });
});

Deno.test("appendEntries() and pruneHistory() work where the file system has no locks", async () => {
  await withTempDir(async (dir) => {
    const { lock } = Deno.FsFile.prototype, file = `${dir}/h.jsonl`;
    Deno.FsFile.prototype.lock = () => Promise.reject(new Deno.errors.NotSupported("no locks"));
    try {
      assertEquals(await appendEntries(file, [OLD, ENTRY]), 2);
      assertEquals((await pruneHistory(file, KEEP)).left, [ENTRY]);
    } finally {
      Deno.FsFile.prototype.lock = lock;
    }
    assertEquals((await readHistory(file)).entries, [ENTRY]);
    assertEquals(await filesOf(dir), ["h.jsonl"]);
  });
});

Deno.test("appendEntries() and pruneHistory() leave files alone that are no history, and locks and links of others", async () => {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/notes`, "to do\n");
    await Deno.writeTextFile(`${dir}/deno.lock`, "{}");
    await assertRejects(
      () => appendEntries(`${dir}/notes`, [ENTRY]),
      UsageError,
      "none of its lines belongs to a history",
    );
    await assertRejects(
      () => pruneHistory(`${dir}/notes`, KEEP),
      UsageError,
      "none of its lines belongs to a history",
    );
    await appendEntries(`${dir}/deno`, [OLD, ENTRY]); // its lock's name is taken
    await Deno.symlink(`${dir}/deno`, `${dir}/link`);
    await pruneHistory(`${dir}/link`, KEEP);
    assertEquals((await readHistory(`${dir}/deno`)).entries, [ENTRY]);
    assertEquals((await Deno.lstat(`${dir}/link`)).isSymlink, true);

    await Deno.writeTextFile(`${dir}/deno`, `${JSON.stringify(sealed(ENTRY))}\n{ cut`);
    await Deno.symlink("notes", `${dir}/deno.damaged`);
    await assertRejects(
      () => pruneHistory(`${dir}/deno`, KEEP),
      UsageError,
      "deno.damaged is a symbolic link",
    );
    await Deno.remove(`${dir}/deno.lock`);
    await Deno.symlink("notes", `${dir}/deno.lock`);
    await assertRejects(
      () => appendEntries(`${dir}/deno`, [OLD]),
      UsageError,
      "deno.lock: it is a symbolic link",
    );
    assertEquals(await Deno.readTextFile(`${dir}/notes`), "to do\n");
    await appendEntries(`${dir}/cut`, [ENTRY]);
    await Deno.writeTextFile(`${dir}/cut`, '{"schema":"realfea');
    assertEquals(await appendEntries(`${dir}/cut`, [ENTRY]), 1);
  });
});
