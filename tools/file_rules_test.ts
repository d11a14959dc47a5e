import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileProblems, MAX_LINES } from "./file_rules.ts";

Deno.test("fileProblems() allows the longest file and no longer one", () => {
  const longest = "x\n".repeat(MAX_LINES);
  assertEquals(fileProblems("a/b.ts", longest), []);
  const problems = fileProblems("a/b.wgsl", longest + "x");
  assertEquals(problems.length, 1);
  assertStringIncludes(problems[0], `it has ${MAX_LINES + 1} lines`);
});

Deno.test("fileProblems() lets data and prose be long", () => {
  assertEquals(fileProblems("README.md", "x\n".repeat(MAX_LINES + 1)), []);
});

for (const folder of ["home", "Users", "root", "work"]) {
  Deno.test(`fileProblems() finds a path below ${folder}`, () => {
    const path = `/${folder}/me/data`;
    for (const line of [`const x = "${path}";`, `cp ${path} .`, path]) {
      const problems = fileProblems("README.md", `first\n${line}`);
      assertEquals(problems.length, 1);
      assertStringIncludes(problems[0], "README.md:2 ");
      assertStringIncludes(problems[0], path);
    }
  });
}

Deno.test("fileProblems() leaves web addresses and relative paths alone", () => {
  const text = ["https://example.org/home/page", "./work/x", "a/root/b", "$DIR/work/x", "n/work/group"].join(
    "\n",
  );
  assertEquals(fileProblems("README.md", text), []);
});

Deno.test("fileProblems() wants no address in a lock file", () => {
  const line = `"tarball": "https://registry.example.org/a/-/a-1.0.0.tgz"`;
  assertEquals(fileProblems("deno.lock", line).length, 1);
  assertEquals(fileProblems("notes.md", line), []);
});

Deno.test("fileProblems() lets one file of ours ask WebGPU for an adapter", () => {
  const line = `await ${"navigator"}.gpu.requestAdapter();`;
  for (const path of ["engine/arrays/random_test.ts", "tools/engine/device/backend.ts", "mod.ts"]) {
    assertEquals(fileProblems(path, `first\n${line}`), [
      `${path}:2 Cannot keep the line: it asks WebGPU for an adapter, findAdapter() does`,
    ]);
  }
  for (const path of ["engine/device/backend.ts", "bench/peers/packages/tfjs.ts", "docs/library.md"]) {
    assertEquals(fileProblems(path, line), []);
  }
});
