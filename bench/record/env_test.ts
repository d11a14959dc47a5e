import { assert, assertEquals, assertFalse, assertMatch, assertNotEquals } from "@std/assert";
import { pathToFileURL } from "node:url";
import { configHash, gitState, lockHash, machineInfo, runtimeInfo } from "./env.ts";
import { FAKE_ADAPTER, withTempDir } from "../testing.ts";

const urlOf = (dir: string) => pathToFileURL(`${dir}/`);

Deno.test("machineInfo() describes the machine without its host name", () => {
  const machine = machineInfo(FAKE_ADAPTER);
  assertMatch(machine.os, /^(linux|darwin|windows|freebsd) (x86_64|aarch64)$/);
  assert(machine.cores >= 1 && machine.cpu !== "");
  assertFalse(JSON.stringify(machine).includes(Deno.hostname()));
  assertEquals(machine.adapter, FAKE_ADAPTER);
  const { name, driver } = machineInfo(FAKE_ADAPTER, { name: "lab-3", driver: "D 1" });
  assertEquals([name, driver], ["lab-3", "D 1"]);
});

Deno.test("runtimeInfo() gives the versions of Deno", () => {
  assertEquals({ ...runtimeInfo() }, { ...Deno.version });
});

Deno.test("configHash() does not depend on the order of keys", () => {
  assertEquals(configHash({ a: 1, b: { c: 2, d: 3 } }), configHash({ b: { d: 3, c: 2 }, a: 1 }));
  assertNotEquals(configHash({ a: 1 }), configHash({ a: 2 }));
  assertMatch(configHash({}), /^[0-9a-f]{64}$/);
});

/** Without git these tests are ignored: there is nothing to compare with. */
const ignore = !await git(".", "--version");

Deno.test("gitState() is null outside a repository and in a folder within one", { ignore }, async () => {
  const none = { commit: null, dirty: null };
  await withTempDir(async (dir) => {
    assertEquals(await gitState(urlOf(dir)), none);
    assert(await git(dir, "init", "-q"));
    await Deno.mkdir(`${dir}/inner`);
    assertEquals(await gitState(urlOf(`${dir}/inner`)), none);
  });
});

Deno.test("gitState() gives the commit, and dirty once a tracked file differs", { ignore }, async () => {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/a.txt`, "1");
    assert(await git(dir, "init", "-q"));
    assert(await git(dir, "add", "a.txt"));
    assert(await git(dir, "-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "a"));
    const { commit, dirty } = await gitState(urlOf(dir));
    assertMatch(commit ?? "", /^[0-9a-f]{40}/);
    assertEquals(dirty, false);
    await Deno.writeTextFile(`${dir}/new.txt`, "untracked");
    assertEquals((await gitState(urlOf(dir))).dirty, false);
    await Deno.writeTextFile(`${dir}/a.txt`, "2");
    assertEquals(await gitState(urlOf(dir)), { commit, dirty: true });
  });
});

async function git(dir: string, ...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command("git", { args, cwd: dir, stdout: "null", stderr: "null" }).output())
      .success;
  } catch {
    return false;
  }
}

Deno.test("gitState() is null where the folder is not there", async () => {
  assertEquals(await gitState(urlOf("/no/such/folder")), { commit: null, dirty: null });
});

Deno.test("lockHash() is of the lock file, whatever its line ends; null where there is none", async () => {
  await withTempDir(async (dir) => {
    const root = pathToFileURL(`${dir}/`);
    assertEquals(await lockHash(root), null);
    await Deno.writeTextFile(`${dir}/deno.lock`, "{\n}\n");
    const hash = await lockHash(root);
    await Deno.writeTextFile(`${dir}/deno.lock`, "{\r\n}\r\n");
    assertEquals([hash?.length, await lockHash(root)], [64, hash]);
  });
});
