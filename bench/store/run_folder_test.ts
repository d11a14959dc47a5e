import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Leases } from "./leases.ts";
import { sealed } from "../records/seal.ts";
import { RunFolder } from "./run_folder.ts";
import { EXIT, UsageError } from "../../common/usage_error.ts";
import { fakeRecord, withTempDir } from "../testing.ts";

const BYTES = new TextEncoder().encode("abc");

async function filesOf(dir: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name).sort();
}

Deno.test("RunFolder.create() makes the folder with all above it, and leaves no trace of its trial", async () => {
  await withTempDir(async (dir) => {
    await RunFolder.create(`${dir}/a/b`);
    assertEquals(await filesOf(`${dir}/a/b`), ["artifacts", "records"]);
  });
});

Deno.test("RunFolder.create() refuses a folder that cannot be written", async () => {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/file`, "");
    const error = await assertRejects(() => RunFolder.create(`${dir}/file/run`), UsageError);
    assertEquals(error.exitCode, EXIT.failed);
    assertStringIncludes(error.message, `Cannot write to the run folder ${dir}/file/run: `);
    assertStringIncludes(error.message, "\nHint: choose another folder with option outDir");
    await assertRejects(() => RunFolder.create(`${dir}/file`), UsageError, "Cannot write to the run folder");
  });
});

Deno.test("RunFolder.create() refuses a folder that holds a run", async () => {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/run.json`, "{}");
    const error = await assertRejects(() => RunFolder.create(dir), UsageError, "holds a run already");
    assertEquals(error.exitCode, EXIT.usage);
  });
});

Deno.test("discard() removes empty folders it made, never anything else", async () => {
  await withTempDir(async (dir) => {
    await (await RunFolder.create(`${dir}/new`)).discard();
    assertEquals(await filesOf(dir), []);
    await Deno.mkdir(`${dir}/old`);
    await Deno.writeTextFile(`${dir}/old/mine.txt`, "");
    await (await RunFolder.create(`${dir}/old`)).discard();
    assertEquals(await filesOf(`${dir}/old`), ["mine.txt"]);
  });
});

Deno.test("writeRecord() writes one file per cell, with its seal", async () => {
  await withTempDir(async (dir) => {
    const folder = await RunFolder.create(dir);
    const record = fakeRecord();
    await folder.writeRecord(record);
    assertEquals(await filesOf(`${dir}/records`), ["sl--natural--seed-0.json"]);
    assertEquals(
      JSON.parse(await Deno.readTextFile(`${dir}/records/sl--natural--seed-0.json`)),
      sealed(record),
    );
  });
});

Deno.test("writeArtifact() writes below the cell's own folder and hashes what it wrote", async () => {
  await withTempDir(async (dir) => {
    const folder = await RunFolder.create(dir);
    const artifact = await folder.writeArtifact("sl/natural/seed-0", {
      kind: "weights",
      name: "model.safetensors",
      bytes: BYTES,
    });
    assertEquals(artifact, {
      kind: "weights",
      path: "artifacts/sl/natural/seed-0/model.safetensors",
      sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    });
    assertEquals(await Deno.readFile(`${dir}/${artifact.path}`), BYTES);
  });
});

Deno.test("writeArtifact() refuses names that lead elsewhere", async () => {
  await withTempDir(async (dir) => {
    const folder = await RunFolder.create(dir);
    for (const name of ["", "/a", "../a", "a/b", "..", ".a", "a\\b", "C:a"]) {
      const write = () => folder.writeArtifact("sl", { kind: "weights", name, bytes: BYTES });
      await assertRejects(write, RangeError, "Cannot use a file of sl: its name must be of letters", name);
    }
    const write = () => folder.writeArtifact("../sl", { kind: "weights", name: "a", bytes: BYTES });
    await assertRejects(write, UsageError, "Cannot name a file after a cell");
  });
});

Deno.test("RunFolder.open() gives null where no run lies, and writes nothing", async () => {
  await withTempDir(async (dir) => {
    assertEquals(await RunFolder.open(`${dir}/absent`), null);
    assertEquals(await RunFolder.open(dir), null);
    await Deno.writeTextFile(`${dir}/run.json`, '{"a":1}');
    assertEquals(await (await RunFolder.open(dir))?.readManifest(), '{"a":1}');
    assertEquals(await filesOf(dir), ["run.json"]);
  });
});

Deno.test("tidy() removes unfinished files and nothing else, and makes the folders that are missing", async () => {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/run.json`, "{}");
    const folder = (await RunFolder.open(dir))!;
    await Deno.mkdir(`${dir}/artifacts/sl`, { recursive: true });
    for (const name of ["run.json", "artifacts/sl/w.bin"]) {
      const path = `${dir}/${name}`.replace(/([^/]+)$/, `.$1.${crypto.randomUUID()}.tmp`);
      await Deno.writeTextFile(path, "half");
    }
    const mine = ["mine", "run.json.bak"].map((name) => `.${name}.${crypto.randomUUID()}.tmp`);
    for (const name of [...mine, "artifacts/sl/mine.tmp"]) await Deno.writeTextFile(`${dir}/${name}`, "");
    await folder.know(["sl"]);
    await folder.tidy();
    assertEquals(await filesOf(dir), [...mine, "artifacts", "records", "run.json"].sort());
    assertEquals(await filesOf(`${dir}/artifacts/sl`), ["mine.tmp"]);
  });
});

Deno.test("enter() makes others wait until share(), and tells who was first; a lock left by a kill does not count", async () => {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/.lock`, "");
    const [first, second, third] = await Promise.all([1, 2, 3].map(() => RunFolder.create(dir)));
    assertEquals(await first.enter(), { alone: true });
    let entered = false;
    const waiting = second.enter().then((found) => (entered = true, found));
    await new Promise((done) => setTimeout(done, 50));
    assertEquals(entered, false);
    await first.share();
    assertEquals(await waiting, { alone: false });
    await first.leave();
    assertEquals(await third.enter(), { alone: false });
    await Promise.all([second.leave(), third.leave()]);
    assertEquals(await first.enter(), { alone: true });
    await first.leave();
    assertEquals(await filesOf(dir), ["artifacts", "records"]);
  });
});

Deno.test("enter() finds nobody alone where a process of another machine holds a lease", async () => {
  await withTempDir(async (dir) => {
    const folder = await RunFolder.create(dir);
    const there = new Leases(dir, { beatMs: 0, owner: { host: "there", pid: 1, process: null } });
    const lease = await there.take("sl/natural/seed-0");
    assertEquals(await folder.enter(), { alone: false });
    await folder.leave();
    await lease!.release();
    assertEquals(await folder.enter(), { alone: true });
    await folder.leave();
  });
});

Deno.test("readRecord() gives back a record, null where there is none", async () => {
  await withTempDir(async (dir) => {
    const folder = await RunFolder.create(dir);
    await folder.writeRecord(fakeRecord());
    assertEquals(JSON.parse((await folder.readRecord("sl/natural/seed-0"))!), sealed(fakeRecord()));
    assertEquals(await folder.readRecord("sl/natural/seed-1"), null);
  });
});

Deno.test("removeCheckpointFolder() removes the folder of checkpoints when it is empty", async () => {
  await withTempDir(async (dir) => {
    const folder = await RunFolder.create(dir);
    const remove = (name: string) => folder.removeCheckpoints([name]);
    await remove("sl/a");
    await Deno.mkdir(`${dir}/checkpoints`);
    const keys = ["1", "2"].map((digit) => digit.repeat(64));
    for (const cell of ["sl/a", "sl/b"]) {
      for (const key of keys) await Deno.writeTextFile(folder.checkpointPath(cell, key), "");
    }
    await Deno.rename(
      folder.checkpointPath("sl/a", keys[1]),
      `${folder.checkpointPath("sl/a", keys[1])}.corrupt`,
    );
    assertEquals([await folder.hasCheckpoints(["sl/a"]), await folder.hasCheckpoints(["sl"])], [true, false]);
    await remove("sl/a");
    const left = keys.map((key) => `sl--b.${key.slice(0, 12)}.safetensors`);
    assertEquals(await filesOf(`${dir}/checkpoints`), left);
    await folder.removeCheckpointFolder();
    assertEquals(await filesOf(`${dir}/checkpoints`), left);
    await remove("sl/b");
    await folder.removeCheckpointFolder();
    assertEquals(await filesOf(dir), ["artifacts", "records"]);
  });
});

Deno.test("setAside() moves records to where nobody reads them, and minds none that is gone", async () => {
  await withTempDir(async (dir) => {
    const folder = await RunFolder.create(dir);
    for (const reason of ["stale", "corrupt", "stale"] as const) {
      await folder.writeRecord(fakeRecord());
      const to = await folder.setAside("sl/natural/seed-0", reason);
      assertEquals(JSON.parse(await Deno.readTextFile(`${dir}/${to}`)), sealed(fakeRecord()));
      assertEquals(await folder.readRecord("sl/natural/seed-0"), null);
    }
    await folder.setAside("sl/natural/seed-0", "stale");
    assertEquals(await filesOf(`${dir}/records`), ["sl--natural--seed-0.json.corrupt", "stale"]);
  });
});
