import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { maskPadding } from "../wgsl/mask_padding.ts";
import { bindKernel, type Placement } from "./kernel_source.ts";
import type { Operand, Pointwise } from "../graph/op.ts";
import { f32 } from "../arrays/shape.ts";
import { type FusedPointwise, type Step, stepOf } from "./step.ts";

const operand = (...shape: number[]): Operand => ({ spec: f32(...shape) });
const [x, bias, y, z] = [operand(2, 8), operand(8), operand(2, 8), operand(2, 8)];

/** y = 2 x, with a binding 1 of its own. */
function doubling(fused?: Step["fused"]): Step {
  const source =
    "#input 0 x\n@group(0) @binding(1) var<storage, read> own: array<vec4<f32>>;\n#output 2 y\nfn main() {}";
  const step = stepOf({
    label: "double",
    source,
    bindings: [
      { operand: x, kind: "read" },
      { operand: bias, kind: "read" },
      { operand: y, kind: "read_write" },
    ],
    workgroups: [1, 1, 1],
  });
  return { ...step, fused };
}

/** One entry of a tail: an expression over operands. */
function entry(
  expression: string,
  args: FusedPointwise["args"],
  own: Partial<Pointwise> & { stored?: boolean } = {},
): FusedPointwise {
  const { stored = true, ...rest } = own;
  const operands = args.map(() => ({ operand: bias, index: "i % 2u", splat: false }));
  return {
    pointwise: { name: "f", expression, include: [], operands, out: z, mask: null, ...rest },
    args,
    stored,
  };
}

const copied = (...operands: Operand[]): Placement => ({ textureCopies: new Set(operands), half: new Set() });
const NONE = copied();
const bound = (step: Step, placement = NONE) =>
  bindKernel(step, placement).bindings.map(({ binding, form }) => `${binding} ${form}`).sort();

Deno.test("bindKernel() reads inputs from buffers, and those with a copy from textures", () => {
  const apart = bindKernel(doubling(), NONE), other = bindKernel(doubling(), copied(x));
  assertStringIncludes(apart.source, "@binding(0) var<storage, read> x_: array<vec4<f32>>;");
  assertStringIncludes(other.source, "@binding(0) var x_: texture_storage_2d<rgba32float, read>;");
  assertStringIncludes(other.source, "textureLoad(x_, vec2<u32>(i % 2048u, i / 2048u))");
  assertEquals(bound(doubling()), ["0 read", "1 read", "2 read_write"]);
  assertEquals(bound(doubling(), copied(x)), ["0 texture", "1 read", "2 read_write"]);
});

Deno.test("bindKernel() reads what the kernel declares itself from its buffer, copy or not", () => {
  assertEquals(bound(doubling(), copied(bias)), ["0 read", "1 read", "2 read_write"]);
});

Deno.test("bindKernel() leaves no line of the template's own language", () => {
  assert(!bindKernel(doubling(), NONE).source.includes("#"));
  assertStringIncludes(
    bindKernel(doubling(), NONE).source,
    "fn set_y(i: u32, v: vec4<f32>) { store_y(i, v); }",
  );
});

Deno.test("bindKernel() stores what a tail computes, and its steps where they are asked for", () => {
  const tail = [entry("a + b", [0, "memory"], { out: operand(2, 8) }), entry("a * a", [1], { out: z })];
  const { source, bindings } = bindKernel(doubling({ binding: 2, storesOwn: true, tail }), NONE);
  assertEquals(bindings.filter(({ form }) => form === "read_write").map((b) => b.binding).length, 3);
  assertMatch(
    source,
    /store_y_v0\(i, v0\);[^]*let v1 = y_f1\(i, v0, y_in0\(i % 2u\)\);[^]*store_y_v1\(i, v1\);/,
  );
  assertMatch(source, /let v2 = y_f2\(i, v1\);\s*store_y_v2\(i, v2\);/);
});

Deno.test("bindKernel() leaves a hole in the numbers where the kernel's own value is not stored", () => {
  const tail = [entry("a + b", [0, "memory"], { stored: false }), entry("a * a", [1])];
  const step = doubling({ binding: 2, storesOwn: false, tail });
  assertEquals(bound(step), ["0 read", "1 read", "3 read", "4 read_write"]);
  const { source } = bindKernel(step, NONE);
  assert(!source.includes("@binding(2)"));
  assert(!source.includes("y_v1"), "a value that nobody asks for is not stored");
});

Deno.test("bindKernel() reads an operand of a tail once, and an input of the kernel as the kernel does", () => {
  const also = operand(2, 8);
  const of = (operand: Operand) => ({ operand, index: "i", splat: false });
  const tail = [
    entry("a + b + c", [0, "memory", "memory"], { operands: [of(y), of(also), of(x)], stored: false }),
    entry("a * b", [1, "memory"], { operands: [of(y), of(also)] }),
  ];
  const step = doubling({ binding: 2, storesOwn: false, tail });
  assertEquals(bound(step), ["0 read", "1 read", "3 read", "4 read_write"]);
  const { source } = bindKernel(step, NONE);
  assertStringIncludes(source, "y_f1(i, v0, y_in0(i), x(i))");
  assertStringIncludes(source, "y_f2(i, v1, y_in0(i))");
});

Deno.test("bindKernel() spreads an operand's first lane, and clears padding", () => {
  const operands = [
    { operand: y, index: "i", splat: false },
    { operand: bias, index: "i / 2u", splat: true },
  ];
  const tail = [entry("a + b", [0, "memory"], { operands, mask: { row: 2, tail: 3 } })];
  const { source } = bindKernel(doubling({ binding: 2, storesOwn: false, tail }), NONE);
  assertStringIncludes(source, "y_f1(i, v0, y_in0(i / 2u).xxxx)");
  assertStringIncludes(source, `return ${maskPadding("y", { row: 2, tail: 3 })};`);
});

Deno.test("bindKernel() puts the functions of a tail in once", () => {
  const erf = "fn erf(v: vec4<f32>) -> vec4<f32> { return v; }";
  const tail = [
    entry("erf(a)", [0], { include: [erf], stored: false }),
    entry("erf(a)", [1], { include: [erf] }),
  ];
  const step = doubling({ binding: 2, storesOwn: false, tail });
  assertEquals(bindKernel(step, NONE).source.split(erf).length - 1, 1);
  const already = { ...step, source: `${erf}\n${step.source}` };
  assertEquals(bindKernel(already, NONE).source.split(erf).length - 1, 1);
});

Deno.test("bindKernel() stores as f16 what may be, and computes in f32", () => {
  const tail = [entry("a + b", [0, "memory"])];
  const step = doubling({ binding: 2, storesOwn: false, tail });
  const { source } = bindKernel(step, { textureCopies: new Set(), half: new Set([z]) });
  assert(source.startsWith("enable f16;\n"));
  assertStringIncludes(source, "var<storage, read_write> y_v1_: array<vec4<f16>>;");
  assertStringIncludes(source, "{ y_v1_[i] = vec4<f16>(v); }");
  assertStringIncludes(source, "var<storage, read> x_: array<vec4<f32>>;");
  assert(!bindKernel(step, NONE).source.includes("f16"));
});
