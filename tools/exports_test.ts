/** What `deno.json` exports, imported under the package's name from a folder that is no part of it. */
import { assert, assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { join } from "./path.ts";
import { ROOT } from "./repository.ts";

/** A name that each export has. */
const NAMES: Readonly<Record<string, string>> = {
  ".": "runBench",
  "./engine": "openGpu",
  "./attacks": "autoAttack",
  "./datasets": "planted",
  "./paradigms": "supervised",
};

Deno.test("every export of the package can be imported by its name from another folder, and docs/library.md lists it", async () => {
  assertEquals(Object.keys(config.exports).sort(), Object.keys(NAMES).sort());
  const folder = await Deno.makeTempDir();
  try {
    const specifiers = Object.keys(NAMES).map((path) => config.name + path.slice(1));
    const program = specifiers.map((specifier, i) =>
      `import { ${Object.values(NAMES)[i]} } from "${specifier}";\nconsole.log(typeof ${
        Object.values(NAMES)[i]
      });\n`
    ).join("");
    await Deno.writeTextFile(join(folder, "main.ts"), program);
    const imports = { [config.name]: `jsr:${config.name}@^${config.version}` };
    await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify({ links: [ROOT], imports }));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", "--no-check", "--no-lock", "--cached-only", "main.ts"],
      cwd: folder,
    }).output();
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
    const types = new TextDecoder().decode(stdout).trim().split("\n");
    assertEquals(types, ["function", "function", "function", "function", "object"]);
    const page = await Deno.readTextFile(join(ROOT, "docs/library.md"));
    for (const specifier of specifiers) assert(page.includes(`\`${specifier}\``), specifier);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
