import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { readBytes, readText } from "./read_file.ts";
import { systemReason } from "./system_error.ts";

/** Runs a test in a temporary folder. */
async function inFolder(body: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await body(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("readText() and readBytes() read files, and say of everything else what it is", async () => {
  await inFolder(async (dir) => {
    const path = join(dir, "a");
    await Deno.writeTextFile(path, "\ufeffé");
    assertEquals(await readText(path), "é");
    assertEquals([...await readBytes(path)], [0xef, 0xbb, 0xbf, 0xc3, 0xa9]);
    const reason = async (path: string, max?: number) =>
      systemReason(await readText(path, { max }).catch((error) => error));
    assertEquals(await reason(dir), "it is a folder, not a file");
    assertEquals(await reason(join(path, "b")), "a part of the path is not a folder");
    assertEquals(await reason(path, 4), "it is too large, 5 bytes, at most 4 are read");
    await Deno.writeFile(path, Uint8Array.of(0xff, 0));
    assertEquals(await reason(path), "it is not text in UTF-8");
    await assertRejects(() => readText(join(dir, "none")), Deno.errors.NotFound, "Cannot read ");
  });
});

Deno.test({
  name: "readText() waits for no pipe and reads no device",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (dir) => {
      const pipe = join(dir, "pipe\u001b");
      await new Deno.Command("mkfifo", { args: [pipe] }).output();
      for (const path of [pipe, "/dev/zero"]) {
        await assertRejects(() => readText(path), Error, `: it is not a regular file`);
      }
      await assertRejects(() => readText(pipe), Error, "pipe\\u{1b}: ");
      await Deno.symlink("loop", join(dir, "loop"));
      await assertRejects(() => readText(join(dir, "loop")), Error, "links lead round in a circle");
    }),
});
