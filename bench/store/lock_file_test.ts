import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../../common/usage_error.ts";
import { withTempDir } from "../testing.ts";
import { withLock } from "./lock_file.ts";

Deno.test("withLock() waits for whoever holds the lock, also where that one takes the file along", async () => {
  await withTempDir(async (dir) => {
    const path = `${dir}/lock`, seen: string[] = [];
    const other = await Deno.open(path, { create: true, write: true });
    await other.lock(true);
    const waiting = withLock(path, () => Promise.resolve(seen.push("mine")));
    await new Promise((done) => setTimeout(done, 50));
    seen.push("other");
    await Deno.remove(path);
    other.close();
    await waiting;
    assertEquals(seen, ["other", "mine"]);
    assertEquals(await Array.fromAsync(Deno.readDir(dir)), []);
  });
});

Deno.test("withLock() lets go after an error, and continues where its file cannot be made", async () => {
  await withTempDir(async (dir) => {
    await assertRejects(
      () => withLock(`${dir}/lock`, () => Promise.reject(new RangeError("no"))),
      RangeError,
    );
    assertEquals(await withLock(`${dir}/lock`, () => Promise.resolve(1)), 1);
    assertEquals(await withLock(`${dir}/absent/lock`, () => Promise.resolve(2)), 2);
  });
});

Deno.test("withLock() leaves a file that holds something, and makes none through a link", async () => {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/deno.lock`, "{}");
    assertEquals(await withLock(`${dir}/deno.lock`, () => Promise.resolve(1)), 1);
    assertEquals(await Deno.readTextFile(`${dir}/deno.lock`), "{}");
    if (Deno.build.os === "windows") return;
    await Deno.symlink("absent", `${dir}/link`);
    await assertRejects(
      () => withLock(`${dir}/link`, () => Promise.resolve(1)),
      UsageError,
      "it is a symbolic link",
    );
    assertEquals((await Array.fromAsync(Deno.readDir(dir), ({ name }) => name)).sort(), [
      "deno.lock",
      "link",
    ]);
  });
});
