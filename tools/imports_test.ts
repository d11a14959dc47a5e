import { assertEquals, assertRejects } from "@std/assert";
import { readImports } from "./imports.ts";
import { ROOT } from "./repository.ts";

/** Writes files into a new folder and calls `use` with it. */
async function withFiles(files: Record<string, string>, use: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${root}/${name}`, text);
    await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("readImports() tells values from types, and sees text and late imports", async () => {
  await withFiles({
    "deno.json": JSON.stringify({ imports: { "@x/mapped": "./mapped.ts" } }),
    "mapped.ts": "export const one = 1;",
    "late.ts": "export const two = 2;",
    "shader.wgsl": "// nothing",
    "a.ts": [
      `import type { B } from "./b.ts";`,
      `import { one } from "@x/mapped";`,
      `import text from "./shader.wgsl" with { type: "text" };`,
      `export const a: B = { text, one, late: await import("./late.ts") };`,
    ].join("\n"),
    "b.ts": "export interface B { text: string; one: number; late: unknown }",
  }, async (root) => {
    const imports = await readImports(root, ["a.ts", "b.ts", "late.ts", "mapped.ts"]);
    assertEquals(
      imports.map(({ from, to, specifier, line, typeOnly }) => [from, to, specifier, line, typeOnly]).sort(),
      [
        ["a.ts", "b.ts", "./b.ts", 1, true],
        ["a.ts", "late.ts", "./late.ts", 4, false],
        ["a.ts", "mapped.ts", "@x/mapped", 2, false],
        ["a.ts", "shader.wgsl", "./shader.wgsl", 3, false],
      ],
    );
  });
});

Deno.test("readImports() throws on a file it cannot read", async () => {
  await withFiles({ "deno.json": "{}", "a.ts": "import { from;" }, async (root) => {
    await assertRejects(() => readImports(root, ["a.ts"]), SyntaxError, "Cannot read a.ts");
  });
});

Deno.test("readImports() throws on an import that leads nowhere", async () => {
  await withFiles({ "deno.json": "{}", "a.ts": `import "@x/unknown";` }, async (root) => {
    await assertRejects(() => readImports(root, ["a.ts"]), SyntaxError, "@x/unknown");
  });
});

Deno.test("readImports() reads this repository through its import map", async () => {
  const imports = await readImports(ROOT, ["tools/imports_test.ts"]);
  assertEquals(
    imports.filter(({ from }) => from === "tools/imports_test.ts").map(({ to }) => to).sort(),
    ["tools/imports.ts", "tools/repository.ts", "tools/std/assert.ts"],
  );
});
