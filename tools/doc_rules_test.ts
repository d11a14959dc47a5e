import { assertEquals } from "@std/assert";
import { docProblems } from "./doc_rules.ts";
import { readDocs } from "./docs.ts";

/** Problems of a module with this text, each as [line, subject]. Reads it with Deno, as the check does. */
async function problemsOf(text: string): Promise<[string, string][]> {
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(path, text);
    return docProblems("x.ts", await readDocs(path)).map((line) => {
      const match = /^(?:.*:(\d+)|x\.ts) Cannot document ([^:]+):/.exec(line);
      return [match?.[1] ?? "", match?.[2] ?? line];
    });
  } finally {
    await Deno.remove(path);
  }
}

const TITLE = "/** A module.\n * @module */\n";

Deno.test("docProblems() finds nothing in a documented module", async () => {
  assertEquals(await problemsOf(`${TITLE}/** One. */\nexport const one = 1;\nconst inner = 2; inner;`), []);
});

Deno.test("docProblems() asks for a description of the module", async () => {
  assertEquals(await problemsOf("/** One. */\nexport const one = 1;"), [["", "the module"]]);
});

Deno.test("docProblems() asks for a docstring of every exported name", async () => {
  const text = `${TITLE}export const one = 1;\nexport interface Two {}\nexport function three(): void {}`;
  assertEquals(await problemsOf(text), [["3", "one"], ["4", "Two"], ["5", "three"]]);
});

Deno.test("docProblems() is content with one documented overload", async () => {
  const text =
    `${TITLE}export function f(a: string): void;\n/** F. */\nexport function f(a: unknown): void { a; }`;
  assertEquals(await problemsOf(text), []);
});

Deno.test("docProblems() asks for docstrings of public methods only", async () => {
  const text = `${TITLE}/** C. */\nexport class C {\n  /** A. */\n  a(): void {}\n  b(): void {}\n` +
    `  private c(): void {}\n  #d(): void {}\n  constructor() { this.c(); this.#d(); }\n}`;
  assertEquals(await problemsOf(text), [["7", "C.b"]]);
});
