import { assert, assertEquals } from "@std/assert";
import { repositoryFiles, ROOT } from "./repository.ts";

Deno.test("repositoryFiles() leaves out what .gitignore names", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/a/results`, { recursive: true });
    await Deno.mkdir(`${root}/.git`);
    await Deno.writeTextFile(`${root}/.gitignore`, "# what runs leave\n/results/\n");
    for (const name of ["a/b.ts", "c", "a/results/r.json", ".git/config"]) {
      await Deno.writeTextFile(`${root}/${name}`, "");
    }
    assertEquals(await repositoryFiles(root), [".gitignore", "a/b.ts", "c"]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("repositoryFiles() finds this file and nothing private", async () => {
  const files = await repositoryFiles(ROOT);
  assert(files.includes("tools/repository_test.ts"));
  assertEquals(files.filter((path) => /^(\.git|\.deno)\//.test(path)), []);
});
