import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { writeFileAtomic } from "../../common/atomic_file.ts";
import { sha256Hex } from "../../common/sha256.ts";
import { withTempDir } from "../testing.ts";
import { UsageError } from "../../common/usage_error.ts";
import { reuseFile } from "./reuse_file.ts";

const TEXT = "precious", sha256 = sha256Hex(new TextEncoder().encode(TEXT));
const write = writeFileAtomic;
const onWindows = Deno.build.os === "windows";

async function withFile(body: (dir: string) => Promise<void>): Promise<void> {
  await withTempDir(async (dir) => {
    await Deno.mkdir(`${dir}/deep`);
    await Deno.writeTextFile(`${dir}/deep/a`, TEXT);
    await body(dir);
  });
}

async function filesOf(dir: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(dir), ({ name }) => name)).sort();
}

Deno.test("reuseFile() links a file, which what is written to either name then leaves as it is", {
  ignore: onWindows,
}, async () => {
  await withFile(async (dir) => {
    await Deno.symlink(dir, `${dir}/run`);
    for (const folder of [dir, `${dir}/run`, dir]) { // the last finds the same file there already
      await reuseFile({ folder, path: "deep/a" }, `${dir}/to`, { sha256, write });
      assertEquals(await filesOf(`${dir}/to/deep`), ["a"]);
      assertEquals((await Deno.lstat(`${dir}/to/deep/a`)).ino, (await Deno.stat(`${dir}/deep/a`)).ino);
    }
    await writeFileAtomic(`${dir}/deep/a`, "new");
    assertEquals(await Deno.readTextFile(`${dir}/to/deep/a`), TEXT);
    await reuseFile({ folder: `${dir}/to`, path: "deep/a" }, dir, { sha256, write });
    await writeFileAtomic(`${dir}/to/deep/a`, "newer");
    assertEquals(await Deno.readTextFile(`${dir}/deep/a`), TEXT);
  });
});

Deno.test("reuseFile() copies where there are no links", async () => {
  await withFile(async (dir) => {
    const { link } = Deno;
    Deno.link = () => Promise.reject(new Error("Invalid cross-device link (os error 18)"));
    try {
      await reuseFile({ folder: dir, path: "deep/a" }, `${dir}/to`, { sha256, write });
    } finally {
      Deno.link = link;
    }
    assertEquals([await Deno.readTextFile(`${dir}/to/deep/a`), await filesOf(`${dir}/to/deep`)], [TEXT, [
      "a",
    ]]);
    assert((await Deno.stat(`${dir}/to/deep/a`)).ino !== (await Deno.stat(`${dir}/deep/a`)).ino || onWindows);
  });
});

Deno.test("reuseFile() refuses a file that is absent or another one, and leaves what is there", async () => {
  await withFile(async (dir) => {
    await Deno.mkdir(`${dir}/to/deep`, { recursive: true });
    await Deno.writeTextFile(`${dir}/to/deep/a`, "old");
    const cases = [
      ["a", "0", /\/a: it is not the file that its record names, sha256 [0-9a-f]{64}, expected 0$/],
      ["none", sha256, /^Cannot reuse .*\/none: it cannot be read, no such file or folder/],
      ["", sha256, /: it is a folder$/],
    ] as const;
    for (const [name, sha256, message] of cases) {
      const take = () => reuseFile({ folder: dir, path: `deep/${name}` }, `${dir}/to`, { sha256, write });
      assertMatch((await assertRejects(take, RangeError)).message, message);
    }
    assertEquals([await filesOf(`${dir}/to/deep`), await Deno.readTextFile(`${dir}/to/deep/a`)], [
      ["a"],
      "old",
    ]);
  });
});

Deno.test(
  "reuseFile() takes nothing through a link, and writes nothing through one",
  { ignore: onWindows },
  async () => {
    await withFile(async (dir) => {
      for (const [name, target] of [["file", "deep/a"], ["folder", "deep"], ["other/deep", `${dir}/deep`]]) {
        await Deno.mkdir(`${dir}/other`, { recursive: true });
        await Deno.symlink(target, `${dir}/${name}`);
      }
      for (const path of ["file", "folder/a"]) {
        const take = () => reuseFile({ folder: dir, path }, `${dir}/to`, { sha256, write });
        await assertRejects(
          take,
          RangeError,
          `Cannot reuse ${dir}/${path}: its path leads through a symbolic link`,
        );
      }
      const take = () => reuseFile({ folder: dir, path: "deep/a" }, `${dir}/other`, { sha256, write });
      await assertRejects(take, UsageError, `Cannot use ${dir}/other/deep: it is a symbolic link`);
      assertEquals([await filesOf(`${dir}/deep`), await Deno.readTextFile(`${dir}/deep/a`)], [["a"], TEXT]);
    });
  },
);
