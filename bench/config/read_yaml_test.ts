import { assert, assertEquals, assertThrows } from "@std/assert";
import { PRESETS } from "./load_preset.ts";
import { MAX_YAML, readYaml } from "./read_yaml.ts";

Deno.test("readYaml() reads what presets use, aliases too", () => {
  assertEquals(readYaml('a: &x { b: [1, "[[["] } # [[[\nc: *x\n'), {
    a: { b: [1, "[[["] },
    c: { b: [1, "[[["] },
  });
  assertEquals(readYaml(""), null);
  assertEquals(readYaml("- - 1\n  - 2\n"), [[1, 2]]);
  for (const text of Object.values(PRESETS)) {
    assert(10 * text.length > text.length && readYaml(text) !== null);
  }
});

const laughs = [..."abcdefghi"].map((name, i, all) =>
  `${name}: &${name} [${Array(9).fill(i === 0 ? "x" : `*${all[i - 1]}`).join(", ")}]`
).join("\n");

const REFUSED: [what: string, text: string, reason: RegExp][] = [
  ["two documents", "a: 1\n---\nb: 2\n", /^it holds several documents, one is read, line 2$/],
  ["a key twice", "a: 1\nb: 2\na: 3\n", /^a key occurs twice, line 3$/],
  ["100,000 levels of a list", "[".repeat(1e5), /^it is too large, 100000 characters/],
  [
    "levels of lists",
    "a: " + "[".repeat(1e4) + "]".repeat(1e4),
    /^it is nested too deeply, at most 32 levels/,
  ],
  ["levels of mappings", "{a: ".repeat(5000) + "1" + "}".repeat(5000), /^it is nested too deeply/],
  ["levels of dashes", "- ".repeat(1e4) + "1", /^it is nested too deeply/],
  [
    "levels by indentation",
    Array.from({ length: 200 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
    /nested too deeply/,
  ],
  [
    "300,000 keys",
    Array.from({ length: 3e5 }, (_, i) => `k${i}: 1`).join("\n"),
    /^it is too large, .* at most 32768/,
  ],
  ["aliases of aliases", laughs, /alias|too many values/i],
  ["an alias within its anchor", "a: &a [*a]\n", /^it is nested too deeply/],
  ["an alias without an anchor", "a: *b\n", /^it is not valid YAML, Unresolved alias/],
  ["an open bracket", "a: [1\n", /^it is not valid YAML, /],
];
for (const [what, text, reason] of REFUSED) {
  Deno.test(`readYaml() refuses ${what}, in a sentence and at once`, () => {
    const startedAt = performance.now();
    const { message } = assertThrows(() => readYaml(text), SyntaxError);
    assert(reason.test(message), message);
    assert(performance.now() - startedAt < 8000, `${performance.now() - startedAt} ms`);
  });
}

Deno.test("readYaml() reads the largest text it takes within seconds, whatever is in it", () => {
  const keys = Array.from({ length: 5200 }, (_, i) => `${i}: 1`), startedAt = performance.now();
  const text = keys.join("\n").slice(0, MAX_YAML).replace(/\n[^\n]*$/, "");
  assert(Object.keys(readYaml(text) as object).length > 3000);
  assert(performance.now() - startedAt < 10_000);
});
