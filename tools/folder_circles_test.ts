import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { folderCircles, folderOf } from "./folder_circles.ts";
import type { Import } from "./import_rules.ts";
import { readImports } from "./imports.ts";
import { join } from "./path.ts";

function link(from: string, to: string, more: Partial<Import> = {}): Import {
  return { from, to, specifier: "./x.ts", line: 3, typeOnly: false, ...more };
}

/** No two files import each other, but two folders do. */
const CIRCLE = [
  link("bench/plan/plan.ts", "bench/schema.ts"),
  link("bench/plan_bench.ts", "bench/plan/cell.ts", { line: 7 }),
];

Deno.test("folderCircles() finds folders that import each other, with the imports behind each edge", () => {
  assertEquals(folderCircles(CIRCLE), [
    "bench/plan_bench.ts Cannot import in a circle of folders: bench -> bench/plan -> bench\n" +
    "  bench/plan_bench.ts:7 imports bench/plan/cell.ts\n" +
    "  bench/plan/plan.ts:3 imports bench/schema.ts",
  ]);
});

Deno.test("folderCircles() lets types and tests import anything", () => {
  const [down, up] = CIRCLE;
  assertEquals(folderCircles([{ ...down, typeOnly: true }, up]), []);
  assertEquals(folderCircles([link("bench/plan/plan_test.ts", "bench/main.ts"), up]), []);
});

Deno.test("folderCircles() counts mod.ts and cli.ts as folders of their own", () => {
  assertEquals(["a/b/c.ts", "a/b/mod.ts", "a/cli.ts", "deno.json"].map(folderOf), [
    "a/b",
    "a/b/mod.ts",
    "a/cli.ts",
    ".",
  ]);
  const outside = [
    link("attacks/mod.ts", "attacks/square/square.ts"),
    link("attacks/square/square.ts", "attacks/walk.ts"),
  ];
  assertEquals(folderCircles(outside), []);
  const inside = [link("attacks/mod.ts", "attacks/pgd.ts"), link("attacks/pgd.ts", "attacks/mod.ts")];
  assertEquals(folderCircles(inside).length, 1);
});

Deno.test("folderCircles() fails once a back edge is planted between real files", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(root, "deno.json"), "{}");
    for (const folder of ["engine", "engine/ops"]) await Deno.mkdir(join(root, folder), { recursive: true });
    const write = (path: string, text: string) => Deno.writeTextFile(join(root, path), text);
    await write("engine/tensor.ts", "export const size = 4;\n");
    await write("engine/shape.ts", "export const rank = 4;\n");
    await write(
      "engine/ops/relu.ts",
      'import { size } from "../tensor.ts";\nexport const relu = size;\n',
    );
    const files = ["engine/ops/relu.ts", "engine/shape.ts", "engine/tensor.ts"];
    assertEquals(folderCircles(await readImports(root, files)), []);
    await write(
      "engine/shape.ts",
      'import { relu } from "./ops/relu.ts";\nexport const rank = relu;\n',
    );
    const problems = folderCircles(await readImports(root, files));
    assertEquals(problems.length, 1);
    assertMatch(
      problems[0],
      /^engine\/shape\.ts Cannot import in a circle of folders: engine -> engine\/ops -> engine\n/,
    );
    assertStringIncludes(problems[0], "engine/ops/relu.ts:1 imports engine/tensor.ts");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
