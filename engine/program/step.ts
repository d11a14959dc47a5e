/** Steps: kernels over the values of a program, before they are bound to the device. */

import type { Kernel, Operand, Pointwise } from "../graph/op.ts";

/** A binding of a kernel, and how its source declares it. */
export interface StepBinding {
  readonly operand: Operand;
  readonly kind: "input" | "output" | "read" | "read_write";
  /** Of an `input`: each element is read many times, which is worth a copy in a texture. */
  readonly reused: boolean;
}

/** A kernel over the program's values, and the operations fused into its output. */
export interface Step {
  readonly label: string;
  /** Name of the operation that it is a part of. */
  readonly op: string;
  /** Name of the operation's variant, where it has several. */
  readonly variant?: string;
  readonly source: string;
  readonly bindings: readonly StepBinding[];
  readonly workgroups: readonly [number, number, number];
  /** Multiplications and additions of the operation that it is a part of. */
  readonly flops: number;
  readonly pointwise?: Pointwise;
  readonly fused?: Fusion;
  readonly leading?: boolean;
  readonly leadingSlack?: number;
}

/** Operations fused behind an output: they run on each vec4 in the same dispatch. */
export interface Fusion {
  /** Number of the `output` binding. */
  readonly binding: number;
  /** Whether the kernel's own value is stored too. */
  readonly storesOwn: boolean;
  readonly tail: readonly FusedPointwise[];
}

/** One pointwise operation in the tail of a kernel. Value 0 is the kernel's own, value k + 1 that of tail[k]. */
export interface FusedPointwise {
  readonly pointwise: Pointwise;
  /** Where each operand comes from: a value of the tail, or memory. */
  readonly args: readonly (number | "memory")[];
  readonly stored: boolean;
}

/** A parsed `#input` or `#output` line. */
export interface Declaration {
  readonly kind: "input" | "output";
  readonly binding: number;
  readonly name: string;
  readonly reused: boolean;
}

/**
 * The `#input` or `#output` line that `line` is, or null.
 *
 * @throws {SyntaxError} If it starts like one but is malformed.
 */
export function parseDeclaration(line: string): Declaration | null {
  if (!/^\s*#(input|output)\b/.test(line)) return null;
  const match = /^\s*#(?:(input) (\d+) (\w+)( reused)?|(output) (\d+) (\w+))\s*$/.exec(line);
  if (match === null) {
    throw new SyntaxError(
      `Cannot read "${line.trim()}": expected "#input NUMBER NAME", with " reused" or without, or ` +
        `"#output NUMBER NAME"`,
    );
  }
  return match[1] === undefined
    ? { kind: "output", binding: Number(match[6]), name: match[7], reused: false }
    : { kind: "input", binding: Number(match[2]), name: match[3], reused: match[4] !== undefined };
}

/**
 * A kernel as a step.
 *
 * @param origin The operation that it is a part of. Default: no name, no work.
 * @throws {SyntaxError} If a line of its source declares a binding that it does not have, that is not f32, or that
 * another line declares.
 */
export function stepOf(
  kernel: Kernel,
  { op = "", variant, flops = 0 }: Partial<Pick<Step, "op" | "variant" | "flops">> = {},
): Step {
  const { label, source, bindings, workgroups, pointwise, leading, leadingSlack } = kernel;
  const found: StepBinding[] = bindings.map((binding) => ({ ...binding, reused: false }));
  for (const line of source.split("\n")) {
    const declared = parseDeclaration(line);
    if (declared === null) continue;
    const { kind, binding, reused } = declared;
    const refuse = (reason: string) =>
      new SyntaxError(`Cannot run kernel "${label}": "${line.trim()}" names ${reason}`);
    if (bindings[binding]?.kind !== (kind === "input" ? "read" : "read_write")) {
      throw refuse("no such binding of it");
    }
    const { dtype } = bindings[binding].operand.spec;
    if (dtype !== "f32") throw refuse(`a binding of ${dtype}, expected f32`);
    if (found[binding].kind !== bindings[binding].kind) throw refuse("a binding that is declared twice");
    found[binding] = { ...found[binding], kind, reused };
  }
  return {
    label,
    op,
    variant,
    source,
    bindings: found,
    workgroups,
    flops,
    pointwise,
    leading,
    leadingSlack,
  };
}

/** Operands that a step reads from memory. */
export function readsOf(step: Step): Operand[] {
  return [...fixedReads(step), ...flexibleReads(step).map(({ operand }) => operand)];
}

/** Operands in buffers that the kernel declares itself, read or changed. */
export function fixedReads({ bindings }: Step): Operand[] {
  return bindings.filter(({ kind }) => kind === "read" || kind === "read_write").map(({ operand }) =>
    operand
  );
}

/** Operands read by `#input` lines or in the tail, from buffer or texture; may hold duplicates. */
export function flexibleReads({ bindings, fused }: Step): { operand: Operand; reused: boolean }[] {
  const own = bindings.filter(({ kind }) => kind === "input");
  const tail = fused?.tail.flatMap(({ pointwise, args }) =>
    pointwise.operands.filter((_, k) => args[k] === "memory").map(({ operand }) => ({
      operand,
      reused: false,
    }))
  );
  return [...own.map(({ operand, reused }) => ({ operand, reused })), ...tail ?? []];
}

/** Operands that a step writes to memory. */
export function writesOf({ bindings, fused }: Step): Operand[] {
  const own = bindings.filter(({ kind }, at) =>
    kind === "read_write" || (kind === "output" && (fused?.binding !== at || fused.storesOwn))
  ).map(({ operand }) => operand);
  const tail = fused?.tail.filter(({ stored }) => stored).map(({ pointwise }) => pointwise.out);
  return [...own, ...tail ?? []];
}
