/** Final WGSL of a step: declares its inputs and outputs, and appends the fused tail. */

import type { BindingForm } from "../device/pipeline_cache.ts";
import type { Operand } from "../graph/op.ts";
import { maskPadding } from "../wgsl/mask_padding.ts";
import { parseDeclaration, type Step } from "./step.ts";
import { TEXTURE_ROW } from "../device/texture_layout.ts";

/** One binding of a shader. */
export interface BoundOperand {
  /** Its `@binding` number. */
  readonly binding: number;
  readonly operand: Operand;
  readonly form: BindingForm;
}

/** A shader and its bindings. */
export interface BoundKernel {
  readonly source: string;
  readonly bindings: readonly BoundOperand[];
}

/** Which values have texture copies, and which are stored as f16; the others lie in f32 buffers alone. */
export interface Placement {
  /** Values that inputs read from a texture. */
  readonly textureCopies: ReadonlySet<Operand>;
  /** Values stored as f16. */
  readonly half: ReadonlySet<Operand>;
}

/** Fills the `#input` and `#output` lines of a step. */
export function bindKernel(step: Step, { textureCopies, half }: Placement): BoundKernel {
  const bindings: BoundOperand[] = [];
  step.bindings.forEach(({ operand, kind }, binding) => {
    if (kind === "read" || kind === "read_write") bindings.push({ binding, operand, form: kind });
  });
  const access: Access = {
    reader(name, binding, operand) {
      const form = textureCopies.has(operand) ? "texture" : "read";
      bindings.push({ binding, operand, form });
      return form === "texture"
        ? textureReader(name, binding)
        : bufferReader(name, { binding, type: half.has(operand) ? "f16" : "f32" });
    },
    writer(name, binding, operand) {
      bindings.push({ binding, operand, form: "read_write" });
      return bufferWriter(name, { binding, type: half.has(operand) ? "f16" : "f32" });
    },
  };
  const lines = step.source.split("\n").map((line) => {
    const declared = parseDeclaration(line);
    if (declared === null) return line;
    const { kind, binding, name } = declared;
    const { operand } = step.bindings[binding];
    if (kind === "input") return access.reader(name, binding, operand);
    if (step.fused?.binding === binding) return fusedWriter(step, name, access);
    return `${access.writer(name, binding, operand)}
fn set_${name}(i: u32, v: vec4<f32>) { store_${name}(i, v); }`;
  });
  if (bindings.some(({ operand }) => half.has(operand))) lines.unshift("enable f16;");
  return { source: lines.join("\n"), bindings };
}

/** Declares bindings and records them. */
interface Access {
  /** `fn name(i)`: vec4 i. */
  reader(name: string, binding: number, operand: Operand): string;
  /** `fn store_name(i, v)`: makes vec4 i be v. */
  writer(name: string, binding: number, operand: Operand): string;
}

interface BufferSlot {
  readonly binding: number;
  readonly type: "f32" | "f16";
}

function bufferReader(name: string, { binding, type }: BufferSlot): string {
  return `@group(0) @binding(${binding}) var<storage, read> ${name}_: array<vec4<${type}>>;
fn ${name}(i: u32) -> vec4<f32> { return vec4<f32>(${name}_[i]); }`;
}

function bufferWriter(name: string, { binding, type }: BufferSlot): string {
  return `@group(0) @binding(${binding}) var<storage, read_write> ${name}_: array<vec4<${type}>>;
fn store_${name}(i: u32, v: vec4<f32>) { ${name}_[i] = vec4<${type}>(v); }`;
}

function textureReader(name: string, binding: number): string {
  const texel = `vec2<u32>(i % ${TEXTURE_ROW}u, i / ${TEXTURE_ROW}u)`;
  return `@group(0) @binding(${binding}) var ${name}_: texture_storage_2d<rgba32float, read>;
fn ${name}(i: u32) -> vec4<f32> { return textureLoad(${name}_, ${texel}); }`;
}

/** `set_name` with the fused tail: values v0, v1, ... are computed in turn, and those asked for are stored. */
function fusedWriter(step: Step, name: string, access: Access): string {
  const { binding, storesOwn, tail } = step.fused!;
  const parts: string[] = [];
  const body: string[] = [];
  const readers = inputNames(step);
  let fetched = 0;
  let free = step.bindings.length;
  const store = (value: number, at: number, operand: Operand) => {
    parts.push(access.writer(`${name}_v${value}`, at, operand));
    body.push(`  store_${name}_v${value}(i, v${value});`);
  };
  const readerOf = (operand: Operand) => {
    let reader = readers.get(operand);
    if (reader === undefined) {
      reader = `${name}_in${fetched++}`;
      readers.set(operand, reader);
      parts.push(access.reader(reader, free++, operand));
    }
    return reader;
  };
  if (storesOwn) store(0, binding, step.bindings[binding].operand);
  tail.forEach(({ pointwise, args, stored }, k) => {
    const { expression, include, operands, mask, out } = pointwise;
    for (const file of include) if (!step.source.includes(file) && !parts.includes(file)) parts.unshift(file);
    const values = operands.map(({ operand, index, splat }, n) => {
      const from = args[n] === "memory" ? `${readerOf(operand)}(${index})` : `v${args[n]}`;
      return splat ? `${from}.xxxx` : from;
    });
    const parameters = operands.map((_, n) => `${"abcd"[n]}: vec4<f32>`);
    parts.push(`fn ${name}_f${k + 1}(i: u32, ${parameters.join(", ")}) -> vec4<f32> {
  let y = ${expression};
  return ${mask === null ? "y" : maskPadding("y", mask)};
}`);
    body.push(`  let v${k + 1} = ${name}_f${k + 1}(i, ${values.join(", ")});`);
    if (stored) store(k + 1, free++, out);
  });
  return [...parts, `fn set_${name}(i: u32, v0: vec4<f32>) {`, ...body, "}"].join("\n");
}

/** The kernel's own names of its `#input` operands. */
function inputNames({ source, bindings }: Step): Map<Operand, string> {
  const declared = source.split("\n").map(parseDeclaration).filter((line) => line?.kind === "input");
  return new Map(declared.map((line) => [bindings[line!.binding].operand, line!.name]));
}
