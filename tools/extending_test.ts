import { assert, assertEquals, assertMatch } from "@std/assert";
import { noGpu } from "../engine/testing/gpu.ts";
import { join } from "./path.ts";
import { repositoryFiles, ROOT } from "./repository.ts";

/** The blocks of docs/extending.md by the file that each belongs to. */
async function blocksOf(language: string): Promise<Map<string, string>> {
  const text = await Deno.readTextFile(join(ROOT, "docs/extending.md"));
  const pattern = new RegExp("```" + language + "\\n(?://|#) (\\S+)\\n([^]*?)```", "g");
  return new Map([...text.matchAll(pattern)].map(([, path, body]) => [path, body]));
}

/** Copies what a run needs. */
async function copyRepository(dir: string): Promise<void> {
  for (const path of await repositoryFiles(ROOT)) {
    if (
      !/\.(ts|wgsl|yaml|json|lock|css|svg)$/.test(path) || /^(baselines|bench\/peers\/packages)\//.test(path)
    ) continue;
    await Deno.mkdir(join(dir, path, ".."), { recursive: true });
    await Deno.copyFile(join(ROOT, path), join(dir, path));
  }
}

/** Adds the blocks: a file that is there is a registry, whose block holds imports and one line of its list. */
async function add(dir: string, blocks: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, body] of blocks) {
    const file = join(dir, path), old = await Deno.readTextFile(file).catch(() => null);
    if (old === null) {
      await Deno.writeTextFile(file, body);
      continue;
    }
    const lines = body.split("\n"), isImport = (line: string) => line.startsWith("import ");
    const imports = lines.filter(isImport).join("\n");
    const entry = lines.filter((line) => line.trim() !== "" && !isImport(line));
    assertEquals(entry.length, 1, `${path} gets one line`);
    const list = old.lastIndexOf("\n];");
    const text = `${old.slice(0, list)}\n${entry[0]}${old.slice(list)}`;
    await Deno.writeTextFile(file, text.replace(/^import /m, `${imports}\nimport `));
  }
}

async function deno(dir: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: dir,
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assertEquals(code, 0, `${args.join(" ")}\n${text}`);
  return text;
}

Deno.test("docs/extending.md adds a paradigm in 4 files, a data set in 3, an attack in 4", async () => {
  const paths = [...(await blocksOf("ts")).keys()];
  const count = (start: string) => paths.filter((path) => path.startsWith(start)).length;
  assertEquals(count("paradigms/attacks/"), 4);
  assertEquals(count("paradigms/") - count("paradigms/attacks/"), 4);
  assertEquals(count("datasets/"), 3);
});

Deno.test({
  name: "docs/extending.md's paradigm, data set and attack run to the page in a copy of the repository",
  ignore: noGpu,
  fn: async () => {
    const dir = await Deno.makeTempDir();
    try {
      const blocks = await blocksOf("ts");
      await copyRepository(dir);
      await add(dir, blocks);
      for (const [path, text] of await blocksOf("yaml")) await Deno.writeTextFile(join(dir, path), text);
      const tests = [...blocks.keys()].filter((path) => path.endsWith("_test.ts"));
      await deno(dir, ["test", "-A", "--no-check", "--quiet", ...tests]);
      await deno(dir, [
        "run",
        "-A",
        "--no-check",
        "bench/cli.ts",
        "--preset",
        "additions.yaml",
        "--out",
        "run",
      ]);
      const record = JSON.parse(
        await Deno.readTextFile(join(dir, "run/records/mc--natural--seed-0--attack.json")),
      );
      assertEquals(record.dataset.name, "stripes");
      assert(record.metrics.noiseAccuracy.value <= record.metrics.cleanAccuracy.value);
      const page = await Deno.readTextFile(join(dir, "run/report.html"));
      assertMatch(page, /mean colour \(MC\)/);
      assertMatch(page, /noise/);
      assertMatch(page, /stripes/);
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});
