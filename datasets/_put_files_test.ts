import { assertEquals, assertRejects } from "@std/assert";
import { putFiles } from "./_put_files.ts";

const FILES = new Map([["a.png", Uint8Array.of(1, 2)], ["b.png", Uint8Array.of(3)]]);

Deno.test("putFiles() writes missing files, and nothing at all if another file has one of the names", async () => {
  const dir = await Deno.makeTempDir(), out = `${dir}/out`;
  const contents = async () => {
    const names = (await Array.fromAsync(Deno.readDir(out), ({ name }) => name)).sort();
    return await Promise.all(names.map(async (name) => [name, ...await Deno.readFile(`${out}/${name}`)]));
  };
  try {
    await putFiles(out, FILES);
    const whole = [["a.png", 1, 2], ["b.png", 3]];
    assertEquals(await contents(), whole);
    await Deno.remove(`${out}/a.png`);
    await putFiles(out, FILES); // and once more
    await putFiles(out, FILES);
    assertEquals(await contents(), whole);

    await Deno.remove(`${out}/a.png`);
    await Deno.writeFile(`${out}/b.png`, Uint8Array.of(9));
    await assertRejects(
      () => putFiles(out, FILES),
      Error,
      "b.png: it exists already with other content\nHint: remove",
    );
    assertEquals(await contents(), [["b.png", 9]]);
    await Deno.rename(`${out}/b.png`, `${dir}/mine`);
    await Deno.symlink(`${dir}/mine`, `${out}/b.png`);
    await assertRejects(() => putFiles(out, FILES), Error, "b.png: it is a symbolic link\nHint: remove");
    assertEquals(await contents(), [["b.png", 9]]);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
