import { assertEquals, assertThrows } from "@std/assert";
import { fillTemplate } from "./template.ts";

/** The value of one expression. */
function value(expression: string, consts: Record<string, number> = {}): string {
  return fillTemplate(`\${${expression}}`, { consts }).split("\n").at(-1)!;
}

/** The lines after the declarations. */
function body(source: string, consts: Record<string, number> = {}): string[] {
  return fillTemplate(source, { consts }).split("\n").slice(Object.keys(consts).length);
}

Deno.test("fillTemplate() declares constants, negative ones as signed", () => {
  assertEquals(
    fillTemplate("x", { consts: { N: 3, OFFSET: -2 } }),
    "const N: u32 = 3u;\nconst OFFSET: i32 = -2;\nx",
  );
});

Deno.test("fillTemplate() evaluates by precedence, from the left, and truncates divisions", () => {
  assertEquals(value("1 + 2 * 3"), "7");
  assertEquals(value("(1 + 2) * 3"), "9");
  assertEquals(value("10 - 3 - 2"), "5");
  assertEquals(value("7 / 2 * 2"), "6");
  assertEquals(value("N % 4 + -1", { N: 7 }), "2");
  assertEquals(value("N - 1 == 2 * 3", { N: 7 }), "1");
  assertEquals(value("(N > 3) * (N < 5)", { N: 4 }), "1");
});

Deno.test("fillTemplate() unrolls nested loops whose bounds are expressions", () => {
  const source = "#for a in 0..N\n#for b in a..N - 1\n${a},${b}\n#end\n#end";
  assertEquals(body(source, { N: 3 }), ["0,0", "0,1", "1,1"]);
  assertEquals(body("#for a in 0..N\nx\n#end", { N: 0 }), []);
});

Deno.test("fillTemplate() keeps one branch, and does not evaluate the other", () => {
  const source = "#if N > 1\nmany\n#else\n${UNKNOWN}\n#end";
  assertEquals(body(source, { N: 2 }), ["many"]);
  assertEquals(body("#for p in 0..3\n#if p == 1\none\n#else\nother\n#end\n#end"), ["other", "one", "other"]);
  assertEquals(body("#if N\nx\n#end", { N: 0 }), []);
});

Deno.test("fillTemplate() puts text and included files where they belong", () => {
  const filled = fillTemplate("let y = ${EXPRESSION};", {
    text: { EXPRESSION: "a + b" },
    include: ["fn f() {}"],
  });
  assertEquals(filled, "fn f() {}\nlet y = a + b;");
});

Deno.test("fillTemplate() leaves inputs and outputs to the program, their numbers filled in", () => {
  assertEquals(body("#for k in 0..2\n#input ${k} x${k}\n#end\n#output ${2 * 1} y"), [
    "#input 0 x0",
    "#input 1 x1",
    "#output 2 y",
  ]);
});

Deno.test("fillTemplate() opens and closes the entry point, with a guard where a bound is given", () => {
  const head = [
    "@compute @workgroup_size(64)",
    "fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) grid: vec3<u32>) {",
    "  let i = gid.y * grid.x * 64u + gid.x;",
  ];
  assertEquals(body("#index i\n  y[i] = 0;\n#end"), [...head, "  y[i] = 0;", "}"]);
  assertEquals(body("#index i < B * ${N - 1}u\n#if N\n  x\n#end\n#end", { N: 3 }), [
    ...head,
    "  if (i >= B * 2u) { return; }",
    "  x",
    "}",
  ]);
});

Deno.test("fillTemplate() says what it cannot read, and where", () => {
  const bad: [string, string][] = [
    ["a\n#for p in 0..2\nx", '"#for p in 0..2" is not closed by "#end", line 2'],
    ["#if 1\n#else\n#else\n#end", '"#if 1" is not closed by "#end", line 1'],
    ["#for p in 0..2\n#else\n#end", '"#for p in 0..2" is not closed by "#end", line 1'],
    ["x\n#end", '"#end" without a block to close, line 2'],
    ["#else", '"#else" without a block to close, line 1'],
    ["#unless N\n#end", 'unknown directive "#unless", line 1'],
    ["#for p of 0..2\n#end", 'expected "#for NAME in A..B", got "#for p of 0..2"'],
    ["#index i < N\nx", '"#index i < N" is not closed by "#end", line 1'],
    ["#index i in N\n#end", 'expected "#index NAME" or "#index NAME < COUNT", got "#index i in N"'],
    ["${M}", 'unknown name "M" in "M"'],
    ["${constructor}", 'unknown name "constructor"'],
    ["${N && 1}", 'unexpected "&" in "N && 1"'],
    ["${(N + 1}", 'unexpected end in "(N + 1"'],
    ["${N 1}", 'unexpected "1" in "N 1"'],
    ["${N +}", 'unexpected end in "N +"'],
  ];
  for (const [source, message] of bad) {
    assertThrows(() => fillTemplate(source, { consts: { N: 1 } }), SyntaxError, message);
  }
});
