import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { writeFileAtomic } from "../../engine/atomic_file.ts";
import { sha256Hex } from "../../engine/sha256.ts";
import { withTempDir } from "../testing.ts";
import { takeFile } from "./take_file.ts";

const TEXT = "precious", sha256 = await sha256Hex(new TextEncoder().encode(TEXT));
const write = writeFileAtomic;
const onWindows = Deno.build.os === "windows";

async function withFile(body: (dir: string) => Promise<void>): Promise<void> {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/a`, TEXT);
    await body(dir);
  });
}

async function filesOf(dir: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(dir), ({ name }) => name)).sort();
}

Deno.test("takeFile() links a file, which what is written to either name then leaves as it is", {
  ignore: onWindows,
}, async () => {
  await withFile(async (dir) => {
    await Deno.symlink("a", `${dir}/link`);
    for (const from of ["a", "link", "a"]) { // the last finds the same file there already
      await takeFile(`${dir}/${from}`, `${dir}/deep/b`, { sha256, write });
      assertEquals(await filesOf(`${dir}/deep`), ["b"]);
      assertEquals((await Deno.lstat(`${dir}/deep/b`)).ino, (await Deno.stat(`${dir}/a`)).ino);
    }
    await writeFileAtomic(`${dir}/a`, "new");
    assertEquals(await Deno.readTextFile(`${dir}/deep/b`), TEXT);
    await takeFile(`${dir}/deep/b`, `${dir}/a`, { sha256, write });
    await writeFileAtomic(`${dir}/deep/b`, "newer");
    assertEquals(await Deno.readTextFile(`${dir}/a`), TEXT);
  });
});

Deno.test("takeFile() copies where there are no links", async () => {
  await withFile(async (dir) => {
    const { link } = Deno;
    Deno.link = () => Promise.reject(new Error("Invalid cross-device link (os error 18)"));
    try {
      await takeFile(`${dir}/a`, `${dir}/deep/b`, { sha256, write });
    } finally {
      Deno.link = link;
    }
    assertEquals([await Deno.readTextFile(`${dir}/deep/b`), await filesOf(`${dir}/deep`)], [TEXT, ["b"]]);
    assert((await Deno.stat(`${dir}/deep/b`)).ino !== (await Deno.stat(`${dir}/a`)).ino || onWindows);
  });
});

Deno.test("takeFile() refuses a file that is absent or another one, and leaves what is there", async () => {
  await withFile(async (dir) => {
    await Deno.writeTextFile(`${dir}/b`, "old");
    const cases = [[
      "a",
      "0",
      /\/a: it is not the file that its record names, sha256 [0-9a-f]{64}, expected 0$/,
    ], [
      "none",
      sha256,
      /^Cannot take over .*\/none: it cannot be read, No such file/,
    ]] as const;
    for (const [name, sha256, message] of cases) {
      const take = () => takeFile(`${dir}/${name}`, `${dir}/b`, { sha256, write });
      assertMatch((await assertRejects(take, RangeError)).message, message);
    }
    assertEquals([await filesOf(dir), await Deno.readTextFile(`${dir}/b`)], [["a", "b"], "old"]);
  });
});
