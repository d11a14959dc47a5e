import { assertEquals, assertThrows } from "@std/assert";
import type { Kernel } from "../graph/op.ts";
import { f32, u32 } from "../arrays/shape.ts";
import { fixedReads, flexibleReads, parseDeclaration, stepOf } from "./step.ts";

const [x, y, labels] = [{ spec: f32(8) }, { spec: f32(8) }, { spec: u32(8) }];

function kernel(source: string): Kernel {
  return {
    label: "k",
    source,
    bindings: [
      { operand: x, kind: "read" },
      { operand: y, kind: "read_write" },
      { operand: labels, kind: "read" },
    ],
    workgroups: [1, 1, 1],
  };
}

Deno.test("parseDeclaration() reads the lines it should and leaves others alone", () => {
  assertEquals(parseDeclaration("#input 0 x"), { kind: "input", binding: 0, name: "x", reused: false });
  assertEquals(parseDeclaration("  #input 12 w_2 reused "), {
    kind: "input",
    binding: 12,
    name: "w_2",
    reused: true,
  });
  assertEquals(parseDeclaration("#output 1 y"), { kind: "output", binding: 1, name: "y", reused: false });
  for (const line of ["", "let a = x(0u);", "// #input 0 x", "#inputs"]) {
    assertEquals(parseDeclaration(line), null, line);
  }
});

Deno.test("parseDeclaration() refuses a line that only begins like a declaration", () => {
  for (
    const line of ["#input", "#input x", "#input 0", "#input 0 x twice", "#output 1 y reused", "#input -1 x"]
  ) {
    assertThrows(
      () => parseDeclaration(line),
      SyntaxError,
      `Cannot read "${line}": expected "#input NUMBER NAME"`,
    );
  }
});

Deno.test("stepOf() tells inputs and outputs from what the kernel declares itself", () => {
  const step = stepOf(
    kernel("#input 0 x reused\n#output 1 y\n@group(0) @binding(2) var<storage, read> l: array<u32>;"),
  );
  assertEquals(step.bindings.map(({ kind, reused }) => [kind, reused]), [
    ["input", true],
    ["output", false],
    ["read", false],
  ]);
  assertEquals(flexibleReads(step), [{ operand: x, reused: true }]);
  assertEquals(fixedReads(step), [labels]);
});

Deno.test("stepOf() refuses a declaration of a binding that is not there, of the other kind, or no f32", () => {
  const refused: [source: string, reason: string][] = [
    ["#input 3 z", '"#input 3 z" names no such binding of it'],
    ["#input 1 y", '"#input 1 y" names no such binding of it'],
    ["#output 0 x", '"#output 0 x" names no such binding of it'],
    ["#input 2 labels", '"#input 2 labels" names a binding of u32, expected f32'],
    ["#input 0 a\n#input 0 b", '"#input 0 b" names a binding that is declared twice'],
  ];
  for (const [source, reason] of refused) {
    assertThrows(() => stepOf(kernel(source)), SyntaxError, `Cannot run kernel "k": ${reason}`);
  }
});
