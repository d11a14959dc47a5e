import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { CodeBase, importsOf } from "./code_hash.ts";
import { CELL_ENTRIES, codeHashes } from "./cell_key.ts";
import { PARADIGMS } from "../../paradigms/registry.ts";
import { PROJECT_ROOT } from "../record/env.ts";
import { withTempDir } from "../testing.ts";

/** Writes files and hashes the code of one of them. */
async function hashOf(
  dir: string,
  files: Record<string, string>,
  entry = "bench/cells/a.ts",
): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(`${dir}/${path}`.replace(/[^/]+$/, ""), { recursive: true });
    await Deno.writeTextFile(`${dir}/${path}`, text);
  }
  return await new CodeBase(new URL(`file://${dir}/`)).hashOf([entry]);
}

const FILES = {
  "bench/cells/a.ts":
    'import { b } from "../../engine/b.ts";\nimport type { T } from "../../engine/types.ts";\n',
  "engine/b.ts": 'import kernel from "./b.wgsl" with { type: "text" };\nexport const b = kernel;\n',
  "engine/b.wgsl": "fn main() {}\n",
  "engine/types.ts": "export type T = 1;\n",
  "engine/unused.ts": "export {};\n",
};

Deno.test("hashOf() changes with every module and kernel that is imported, and with nothing else", async () => {
  await withTempDir(async (dir) => {
    const before = await hashOf(dir, FILES);
    for (const path of ["engine/unused.ts", "engine/types.ts"]) {
      assertEquals(await hashOf(dir, { [path]: "// changed\n" }), before, path);
    }
    assertEquals(await hashOf(dir, { "engine/b.wgsl": "fn main() {}\r\n" }), before);
    let last = before;
    for (const path of ["engine/b.wgsl", "engine/b.ts", "bench/cells/a.ts"] as const) {
      const changed = await hashOf(dir, { [path]: `${FILES[path]}// changed\n` });
      assertNotEquals(changed, last, path);
      last = changed;
    }
  });
});

Deno.test("importsOf() finds imports and exports by path, over several lines too, and leaves types out", () => {
  const text = `import { a } from "./a.ts";
import type { B } from "./b.ts";
import { type C } from "./c.ts";
import { type D, d } from "./d.ts";
import {
  e,
  f,
} from "../e.ts";
export * from "./g.ts";
export type { H } from "./h.ts";
import { assert } from "@std/assert";
import "./i.ts";
/** import { x } from "./x.ts"; */
const later = await import("./j.ts");
`;
  assertEquals(importsOf(text), ["./a.ts", "./d.ts", "../e.ts", "./g.ts", "./i.ts", "./j.ts"]);
});

Deno.test("modulesOf() finds what Deno finds", async () => {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--no-lock", "bench/cells/train.ts"],
    cwd: PROJECT_ROOT,
    stderr: "null",
  });
  const { modules } = JSON.parse(new TextDecoder().decode((await command.output()).stdout)) as {
    modules: { specifier: string; dependencies?: { code?: { specifier?: string } }[] }[];
  };
  const graph = new Map(modules.map(({ specifier, dependencies = [] }) => [specifier, dependencies]));
  const entry = new URL("bench/cells/train.ts", PROJECT_ROOT).href, known = new Set([entry]);
  const computing = /^((engine|attacks|datasets|paradigms|bench\/cells)\/|bench\/config\/recipe\.ts$)/;
  for (const specifier of known) {
    for (const { code } of graph.get(specifier) ?? []) {
      const path = code?.specifier?.slice(PROJECT_ROOT.href.length) ?? "";
      if (computing.test(path) && !path.endsWith("_settings.ts")) known.add(code!.specifier!);
    }
  }
  const expected = [...known].map((specifier) => specifier.slice(PROJECT_ROOT.href.length)).sort();
  const found = await new CodeBase(PROJECT_ROOT).modulesOf(["bench/cells/train.ts"]);
  assert(found.length > 50 && found.some((path) => path.endsWith(".wgsl")));
  assertEquals(found, expected);
});

Deno.test("modulesOf() keeps attacks and probes out of what a training depends on", async () => {
  const code = new CodeBase(PROJECT_ROOT);
  const [train, attack] = await Promise.all(
    [CELL_ENTRIES.train, CELL_ENTRIES.attack].map((entry) => code.modulesOf([entry])),
  );
  for (const path of ["attacks/autoattack/autoattack.ts", "bench/cells/attack.ts", "bench/cells/probe.ts"]) {
    assertEquals(train.includes(path), false, path);
  }
  assert(attack.includes("attacks/autoattack/autoattack.ts"));
  assert(train.includes("bench/config/recipe.ts"), "optimiser and schedule decide numbers");
  for (const path of [...train, ...attack]) {
    assert(!/^(reports|bench\/(?!cells|config\/recipe\.ts$))/.test(path), path);
  }
});

Deno.test("hashOf() leaves out what is cut, unless it is imported from elsewhere too", async () => {
  await withTempDir(async (dir) => {
    const files = {
      "bench/cells/a.ts": 'import "../../engine/list.ts";\nimport "../../engine/both.ts";\n',
      "engine/list.ts": 'import "./one.ts";\nimport "./both.ts";\n',
      "engine/one.ts": "",
      "engine/both.ts": "",
    };
    await hashOf(dir, files);
    const code = new CodeBase(new URL(`file://${dir}/`));
    const found = await code.modulesOf(["bench/cells/a.ts"], ({ from }) => from === "engine/list.ts");
    assertEquals(found, ["bench/cells/a.ts", "engine/both.ts", "engine/list.ts"]);
  });
});

Deno.test("codeHashes() stay when a help text changes, and change with what computes", async () => {
  await withTempDir(async (dir) => {
    const code = new CodeBase(PROJECT_ROOT);
    const entries = [...Object.values(CELL_ENTRIES), "engine/device/device.ts"];
    const settings = (await filesOf("paradigms")).filter((path) => path.endsWith("_settings.ts"));
    assert(settings.length > 5);
    for (const path of [...await code.modulesOf(entries), ...settings]) {
      await Deno.mkdir(`${dir}/${path}`.replace(/[^/]+$/, ""), { recursive: true });
      await Deno.copyFile(new URL(path, PROJECT_ROOT), `${dir}/${path}`);
    }
    const root = new URL(`file://${dir}/`), before = await codeHashes(root);
    assertEquals(before, await codeHashes());
    for (const path of settings) {
      const text = await Deno.readTextFile(`${dir}/${path}`);
      assert(/help: "[^"]*"|\* /.test(text), path);
      await Deno.writeTextFile(
        `${dir}/${path}`,
        text.replaceAll(/help: "[^"]*"/g, 'help: "other words"') + "//\n",
      );
    }
    assertEquals(await codeHashes(root), before);
    await Deno.writeTextFile(`${dir}/paradigms/simclr.ts`, "//\n", { append: true });
    const after = await codeHashes(root);
    const changed = Object.keys(before).filter((name) => after[name] !== before[name]);
    assertEquals(changed, ["train/cl", "construct/cl", "probe/cl", "attack/cl"]);
  });
});

Deno.test("settings are imported at run time by what registers or describes, never by what computes", async () => {
  for (const path of await filesOf("paradigms")) {
    if (/_(settings|test)\.ts$|\/(registry|mod)\.ts$/.test(path)) continue;
    const imports = importsOf(await Deno.readTextFile(new URL(path, PROJECT_ROOT)));
    assertEquals(imports.filter((target) => target.endsWith("_settings.ts")), [], path);
  }
});

Deno.test("codeHashes() finds each paradigm's method among the imports of the registry", async () => {
  const imports = importsOf(await Deno.readTextFile(new URL("paradigms/registry.ts", PROJECT_ROOT)));
  for (const { name, module } of PARADIGMS) assert(imports.includes(`./${module}`), name);
});

/** The TypeScript files below a folder of the project. */
async function filesOf(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(`${folder}/`, PROJECT_ROOT))) {
    if (isDirectory) found.push(...await filesOf(`${folder}/${name}`));
    else if (name.endsWith(".ts")) found.push(`${folder}/${name}`);
  }
  return found;
}
