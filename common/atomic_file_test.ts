import { assertEquals, assertRejects } from "@std/assert";
import { entryAt, entryKind, temporaryOf, writeFileAtomic } from "./atomic_file.ts";

Deno.test("writeFileAtomic() replaces a file, and neither a link, what it leads to nor a folder", async () => {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${dir}/mine`, "precious");
    await Deno.mkdir(`${dir}/folder`);
    await Deno.symlink("mine", `${dir}/link`);
    await Deno.symlink("absent", `${dir}/dangling`);
    for (
      const [name, kind] of [["link", "a symbolic link"], ["dangling", "a symbolic link"], [
        "folder",
        "a folder",
      ]]
    ) {
      const write = () => writeFileAtomic(`${dir}/${name}`, "new");
      await assertRejects(
        write,
        Error,
        `Cannot write ${dir}/${name}: it is ${kind}, and only files are replaced`,
      );
      assertEquals(entryKind((await entryAt(`${dir}/${name}`))!), kind);
    }
    assertEquals(await Deno.readTextFile(`${dir}/link`), "precious");
    await writeFileAtomic(`${dir}/mine`, "new");
    assertEquals(await Deno.readTextFile(`${dir}/mine`), "new");
    const names = await Array.fromAsync(Deno.readDir(dir), ({ name }) => name);
    assertEquals(names.sort(), ["dangling", "folder", "link", "mine"]);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("temporaryOf() knows the names of unfinished files, and no others", () => {
  const id = crypto.randomUUID();
  assertEquals(temporaryOf(`.run.json.${id}.tmp`), "run.json");
  for (const name of [`run.json.${id}.tmp`, `.${id}.tmp`, `.a.${id}`, ".a.tmp", `.a.${"-".repeat(36)}.tmp`]) {
    assertEquals(temporaryOf(name), null);
  }
});
