import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { main } from "./cli.ts";

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "", err = "";
  const code = await main(args, { stdout: (text) => out += text, stderr: (text) => err += text });
  return { code, out, err };
}

Deno.test("main() shows how it is used", async () => {
  for (const args of [[], ["--help"], ["cifar10", "--help"]]) {
    const { code, out } = await run(...args);
    assertEquals(code, 0);
    assertStringIncludes(out, "deno task data cifar10");
  }
});

Deno.test("main() names unknown data sets and arguments, with exit code 2", async () => {
  const unknown = await run("cifar100");
  assertEquals(unknown.code, 2);
  assertStringIncludes(
    unknown.err,
    "Cannot run deno task data cifar100: unknown command, did you mean cifar10, known are cifar10, planted\n",
  );
  const option = await run("cifar10", "--ouy", "x");
  assertEquals(option.code, 2);
  assertStringIncludes(
    option.err,
    "unknown option --ouy, did you mean --out, known are --out, --archive, --help\n",
  );
  const twice = await run("planted", "--seed", "1", "--seed", "2");
  assertEquals([twice.code, twice.err], [
    2,
    "Cannot run deno task data planted: --seed is given twice\nHint: deno task data planted --help lists the options\n",
  ]);
  assertEquals(
    (await run("planted", "--out=")).err,
    "Cannot run deno task data planted: --out needs a value, DIR\nHint: deno task data planted --help lists the options\n",
  );
});

Deno.test("main() writes contact sheets of planted data", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code, out } = await run("planted", "--out", join(folder, "a"));
    assertEquals([code, out], [0, `5 contact sheets in ${join(folder, "a")}\n`]);
    const names = (await Array.fromAsync(Deno.readDir(join(folder, "a")))).map((entry) => entry.name).sort();
    assertEquals(names.length, 5);
    assertEquals(names[0], "gratings-amplified.png");
    const bad = await run("planted", "--out", folder, "--seed", "x");
    assertEquals(bad.code, 2);
    assertStringIncludes(
      bad.err,
      "Cannot read --seed: must be a whole number from 0 to 999999999999999, given x\n",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("main() fails with exit code 2 and no files where the archive is not the official one", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const archive = join(folder, "a.tar.gz");
    await Deno.writeTextFile(archive, "not a tar");
    const { code, err } = await run("cifar10", "--archive", archive, "--out", join(folder, "out"));
    assertEquals(code, 2);
    assertStringIncludes(err, `Cannot use CIFAR-10 archive ${archive}: its sha256 must be c4a38c50`);
    const missing = await run("cifar10", "--archive", join(folder, "no"), "--out", join(folder, "out"));
    assertEquals(missing.code, 2);
    assertStringIncludes(missing.err, `Cannot read CIFAR-10 archive ${join(folder, "no")}: `);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
