/** The last step to the shader: declares where inputs and outputs lie, and appends what was fused to an output. */

import type { Operand } from "./op.ts";
import { parseDeclaration, type Step } from "./step.ts";
import { TEXTURE_ROW } from "./texture_layout.ts";

/** Where a value lies: in a storage buffer or in a storage texture. */
export type Home = "buffer" | "texture";

/** Where a step finds, or puts, an operand of an `input` or `output`; `reused` as in a step's bindings. */
export type HomeOf = (operand: Operand, reused: boolean) => Home;

/** One binding of a shader. */
export interface BoundOperand {
  /** Its `@binding` number. */
  readonly binding: number;
  readonly operand: Operand;
  readonly form: BindingForm;
}

/** How a shader declares a binding. */
export type BindingForm = "read" | "read_write" | "texture_read" | "texture_write";

/** A shader with all that has to be bound to it. */
export interface BoundKernel {
  readonly source: string;
  readonly bindings: readonly BoundOperand[];
}

/** Fills the `#input` and `#output` lines of a step. */
export function bindKernel(step: Step, homeOf: HomeOf): BoundKernel {
  const bindings: BoundOperand[] = [];
  const declare = (binding: number, { operand, write, reused = false }: Use) => {
    const texture = homeOf(operand, reused) === "texture";
    const form = texture ? write ? "texture_write" : "texture_read" : write ? "read_write" : "read";
    bindings.push({ binding, operand, form });
    return form;
  };
  step.bindings.forEach(({ operand, kind }, binding) => {
    if (kind === "read" || kind === "read_write") bindings.push({ binding, operand, form: kind });
  });
  const lines = step.source.split("\n").map((line) => {
    const declared = parseDeclaration(line);
    if (declared === null) return line;
    const { kind, binding, name, reused } = declared;
    const { operand } = step.bindings[binding];
    if (kind === "input") {
      return readAccess(name, { binding, form: declare(binding, { operand, write: false, reused }) });
    }
    if (step.fused?.binding === binding) return tailAccess(step, { name, binding, declare });
    return `${storeAccess(name, { binding, form: declare(binding, { operand, write: true }) })}
fn set_${name}(i: u32, v: vec4<f32>) { ${name}_store(i, v); }`;
  });
  return { source: lines.join("\n"), bindings };
}

interface Use {
  readonly operand: Operand;
  readonly write: boolean;
  readonly reused?: boolean;
}

interface Access {
  readonly binding: number;
  readonly form: BindingForm;
}

/** `fn name(i)`: vec4 i. */
function readAccess(name: string, { binding, form }: Access): string {
  return form === "texture_read"
    ? `@group(0) @binding(${binding}) var ${name}_: texture_storage_2d<rgba32float, read>;\n` +
      `fn ${name}(i: u32) -> vec4<f32> { return textureLoad(${name}_, ${texel("i")}); }`
    : `@group(0) @binding(${binding}) var<storage, read> ${name}_: array<vec4<f32>>;\n` +
      `fn ${name}(i: u32) -> vec4<f32> { return ${name}_[i]; }`;
}

/** `fn name_store(i, v)`: makes vec4 i be v. */
function storeAccess(name: string, { binding, form }: Access): string {
  return form === "texture_write"
    ? `@group(0) @binding(${binding}) var ${name}_: texture_storage_2d<rgba32float, write>;\n` +
      `fn ${name}_store(i: u32, v: vec4<f32>) { textureStore(${name}_, ${texel("i")}, v); }`
    : `@group(0) @binding(${binding}) var<storage, read_write> ${name}_: array<vec4<f32>>;\n` +
      `fn ${name}_store(i: u32, v: vec4<f32>) { ${name}_[i] = v; }`;
}

function texel(i: string): string {
  return `vec2<u32>(${i} % ${TEXTURE_ROW}u, ${i} / ${TEXTURE_ROW}u)`;
}

interface TailContext {
  readonly name: string;
  readonly binding: number;
  declare(binding: number, use: Use): BindingForm;
}

/** `set_name` with the fused tail: values v0, v1, ... are computed in turn, and those asked for are stored. */
function tailAccess(step: Step, { name, binding, declare }: TailContext): string {
  const { storesOwn, tail } = step.fused!;
  const parts: string[] = [];
  const body: string[] = [];
  let free = step.bindings.length;
  const store = (value: number, at: { binding: number; operand: Operand }) => {
    const form = declare(at.binding, { operand: at.operand, write: true });
    parts.push(storeAccess(`${name}_${value}`, { binding: at.binding, form }));
    body.push(`  ${name}_${value}_store(i, v${value});`);
  };
  if (storesOwn) store(0, { binding, operand: step.bindings[binding].operand });
  const fetched = new Map<Operand, string>();
  const fetch = (operand: Operand): string => {
    let reader = fetched.get(operand);
    if (reader === undefined) {
      reader = `${name}_in${fetched.size}`;
      fetched.set(operand, reader);
      const number = free++;
      parts.push(readAccess(reader, { binding: number, form: declare(number, { operand, write: false }) }));
    }
    return reader;
  };
  tail.forEach(({ pointwise, args, stored }, k) => {
    const { expression, include, operands, mask, out } = pointwise;
    for (const file of include) if (!step.source.includes(file) && !parts.includes(file)) parts.unshift(file);
    const loads = operands.map(({ operand, index, splat }, n) =>
      (args[n] === "memory" ? `${fetch(operand)}(${index})` : `v${args[n]}`) + (splat ? ".xxxx" : "")
    );
    const parameters = operands.map((_, n) => `${"abcd"[n]}: vec4<f32>`);
    parts.push(`fn ${name}_f${k + 1}(i: u32, ${parameters.join(", ")}) -> vec4<f32> {
  let y = ${expression};
  return ${mask === null ? "y" : maskPadding("y", mask)};
}`);
    body.push(`  let v${k + 1} = ${name}_f${k + 1}(i, ${loads.join(", ")});`);
    if (stored) store(k + 1, { binding: free++, operand: out });
  });
  return [...parts, `fn set_${name}(i: u32, v0: vec4<f32>) {`, ...body, "}"].join("\n");
}

/** WGSL for a vec4 with zeros where vec4 `i` holds padding. */
export function maskPadding(value: string, { row, tail }: { row: number; tail: number }): string {
  const last = `vec4<bool>(i % ${row}u == ${row - 1}u)`;
  return `select(${value}, vec4<f32>(0.0), ${last} & (vec4<u32>(0u, 1u, 2u, 3u) >= vec4<u32>(${tail}u)))`;
}
