import { CELL_RECORD } from "../../bench/records/cell_record.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { withTempDir } from "../../bench/testing.ts";
import { join } from "../path.ts";
import { ROOT } from "../repository.ts";

/** Output and exit code of the command on existing runs: nothing is computed. */
async function baseline(...args: string[]): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", join(ROOT, "tools/baseline/cli.ts"), ...args],
    cwd: ROOT,
    stdin: "null",
  }).output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

const LEARNING = "baselines/learning-llvmpipe";

Deno.test("deno task baseline finds a baseline equal to itself, and writes the comparison down", async () => {
  await withTempDir(async (dir) => {
    assertEquals(await baseline("--run", LEARNING, "--reports", dir), {
      code: 0,
      text: `The numbers are those of the baseline ${LEARNING}\n`,
    });
    const names = (await Array.fromAsync(Deno.readDir(`${dir}/learning`))).map(({ name }) => name).sort();
    assertEquals(names, [
      "benchmark-bigger.json",
      "benchmark-smaller.json",
      "comparison.md",
      "comparison.xml",
    ]);
  });
});

Deno.test("deno task baseline ends with 3 where every seed fell by 5 points on another processor", async () => {
  await withTempDir(async (dir) => {
    for await (const { name } of Deno.readDir(join(ROOT, LEARNING))) {
      const { sha256: _seal, ...record } = JSON.parse(await Deno.readTextFile(join(ROOT, LEARNING, name)));
      record.machine.cpu = "another";
      if (record.metrics.probeAccuracy !== undefined) record.metrics.probeAccuracy.value -= 0.05;
      await Deno.writeTextFile(`${dir}/${name}`, CELL_RECORD.write(record));
    }
    const { code, text } = await baseline("--run", dir);
    assertEquals(code, 3);
    assertStringIncludes(text, `Worse than the baseline ${LEARNING}`);
  });
});

Deno.test("deno task baseline refuses records whose preset has a name that leads elsewhere", async () => {
  await withTempDir(async (dir) => {
    const [name] = await Array.fromAsync(Deno.readDir(join(ROOT, LEARNING)), ({ name }) => name);
    const { sha256: _seal, ...record } = JSON.parse(await Deno.readTextFile(join(ROOT, LEARNING, name)));
    await Deno.writeTextFile(`${dir}/${name}`, CELL_RECORD.write({ ...record, preset: "../../evil" }));
    const { code, text } = await baseline("--run", dir, "--write");
    assertEquals(code, 2);
    assertStringIncludes(text, "letters, digits");
  });
});

for (
  const [args, message] of [
    [["--run", "a", "--preset", "smoke"], "--run is of one preset, given --preset smoke too"],
    [["--baseline", "a"], "--baseline needs --preset or --run"],
    [["--run", "no/such"], "Cannot read records: found no record, given no/such"],
    [["--wirte"], "unknown option --wirte"],
  ] as const
) {
  Deno.test(`deno task baseline refuses ${args.join(" ")}`, async () => {
    const { code, text } = await baseline(...args);
    assertEquals(code, 2);
    assertStringIncludes(text, message);
  });
}
