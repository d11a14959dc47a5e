import { assertEquals } from "@std/assert";
import type { Operand } from "../graph/op.ts";
import { chooseHalf, chooseTextureCopies, type PlacementLimits, planCopies } from "./placement.ts";
import { f32, u32 } from "../arrays/shape.ts";
import type { Step, StepBinding } from "./step.ts";
import { Variable } from "../graph/tensor.ts";

const LIMITS: PlacementLimits = { textures: true, texturesPerKernel: 8, textureRows: 16384 };
const small = (): Operand => ({ spec: f32(16) });
const large = (): Operand => ({ spec: f32(2 ** 20) }); // 4 MiB

const reads = (operand: Operand, reused = false): StepBinding => ({ operand, kind: "input", reused });
const changes = (operand: Operand): StepBinding => ({ operand, kind: "read_write", reused: false });
const writes = (operand: Operand): StepBinding => ({ operand, kind: "output", reused: false });
const raw = (operand: Operand): StepBinding => ({ operand, kind: "read", reused: false });
const step = (...bindings: StepBinding[]): Step => ({
  label: "s",
  source: "",
  bindings,
  workgroups: [1, 1, 1],
  op: "k",
  flops: 1e8,
});

Deno.test("chooseTextureCopies() copies what much work reads again and again, and large values; not small ones", () => {
  const [a, b, c] = [small(), small(), large()];
  const steps = [step(reads(a), reads(b, true), reads(c)), step(reads(a), reads(b), reads(c))];
  assertEquals(chooseTextureCopies(steps, LIMITS), new Set([b, c]));
  const little = steps.map((step) => ({ ...step, flops: 1e6 }));
  assertEquals(chooseTextureCopies(little, LIMITS), new Set([c]));
});

Deno.test("chooseTextureCopies() copies nothing on a device without textures, and nothing that no input reads", () => {
  const [a, b] = [large(), large()];
  const steps = [step(reads(a, true)), step(raw(b)), step(changes(b))];
  assertEquals(chooseTextureCopies(steps, { ...LIMITS, textures: false }), new Set());
  assertEquals(chooseTextureCopies(steps, LIMITS), new Set([a]));
});

Deno.test("chooseTextureCopies() leaves out integers and values larger than a texture", () => {
  const labels: Operand = { spec: u32(2 ** 20) }, a = large();
  const steps = [step(reads(labels, true), reads(a, true))];
  assertEquals(chooseTextureCopies(steps, { ...LIMITS, textureRows: 128 }), new Set([a]));
  assertEquals(chooseTextureCopies(steps, { ...LIMITS, textureRows: 127 }), new Set());
});

Deno.test("chooseTextureCopies() keeps to the textures of a kernel, those that are read most first", () => {
  const [a, b, c] = [large(), large(), large()];
  const steps = [step(reads(a), reads(b, true), reads(c, true))];
  assertEquals(chooseTextureCopies(steps, { ...LIMITS, texturesPerKernel: 2 }), new Set([b, c]));
  // Two bindings of one value are two textures.
  const twice = [step(reads(b, true), reads(b, true), reads(c, true))];
  assertEquals(chooseTextureCopies(twice, { ...LIMITS, texturesPerKernel: 2 }), new Set([b]));
});

Deno.test("planCopies() copies a value before its first read, and again only after a write", () => {
  const a = large(), out = small(), textureCopies = new Set([a]);
  const steps = [
    step(writes(a)),
    step(reads(a), writes(out)),
    step(reads(a), writes(out)),
    step(changes(a)),
    step(changes(a)),
    step(reads(a)),
    step(raw(a)),
    step(reads(a)),
  ];
  assertEquals(planCopies(steps, textureCopies).map((copies) => copies.length), [0, 1, 0, 0, 0, 1, 0, 0]);
});

Deno.test("planCopies() copies once for a step that reads a value twice, and again after one that changes it", () => {
  const a = large(), textureCopies = new Set([a]);
  const steps = [step(reads(a), reads(a)), step(reads(a), changes(a)), step(reads(a))];
  assertEquals(planCopies(steps, textureCopies), [[a], [], [a]]);
});

Deno.test("planCopies() copies for the tail of a kernel that also reads the value from its buffer", () => {
  const [a, y, z] = [large(), large(), large()], textureCopies = new Set([a]);
  const of = (operand: Operand) => ({ operand, index: "i", splat: false });
  const pointwise = {
    name: "add",
    expression: "a + b",
    include: [],
    operands: [of(y), of(a)],
    out: z,
    mask: null,
  };
  const fused: Step = {
    ...step(raw(a), writes(y)),
    fused: { binding: 1, storesOwn: false, tail: [{ pointwise, args: [0, "memory"], stored: true }] },
  };
  assertEquals(planCopies([fused, step(reads(a))], textureCopies), [[a], []]);
});

Deno.test("chooseHalf() leaves alone small values, integers, variables, outputs and what kernels declare themselves", () => {
  const [a, b, kept, fixed] = [large(), large(), large(), large()];
  const labels: Operand = { spec: u32(2 ** 20) }, weights = new Variable("w", f32(2 ** 20));
  const steps = [
    step(reads(weights), raw(labels), writes(a)),
    step(reads(a), writes(fixed)),
    step(raw(fixed), writes(small()), writes(b)),
    step(reads(b), writes(kept)),
  ];
  assertEquals(chooseHalf(steps, new Set([kept])), new Set([a, b]));
});
