/** One dispatch of a program on its way from an operation's kernel to the device. */

import type { Kernel, Operand, Pointwise } from "./op.ts";

/** A binding of a kernel, told apart by how its source declares it. */
export interface StepBinding {
  readonly operand: Operand;
  readonly kind: "input" | "output" | "read" | "read_write";
  /** Of an `input`: worth a copy to where reads are cheap. */
  readonly reused: boolean;
}

/** A kernel over the program's values, and what else it computes of the value that it writes. */
export interface Step {
  readonly label: string;
  readonly source: string;
  readonly bindings: readonly StepBinding[];
  readonly workgroups: readonly [number, number, number];
  /** Multiplications and additions of the operation that it is a part of. */
  readonly flops: number;
  readonly pointwise?: Pointwise;
  readonly fused?: Fusion;
}

/** What follows in the same dispatch once a vec4 of an output is known. */
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

/** The `#input` or `#output` line that `line` is, or null. */
export function parseDeclaration(
  line: string,
): { kind: "input" | "output"; binding: number; name: string; reused: boolean } | null {
  const match = /^\s*#(input|output) (\d+) (\w+)( reused)?\s*$/.exec(line);
  if (match === null) return null;
  const [, kind, binding, name, reused] = match;
  return { kind: kind as "input" | "output", binding: Number(binding), name, reused: reused !== undefined };
}

/**
 * A kernel as a step.
 *
 * @throws {SyntaxError} If a line of its source declares a binding that it does not have.
 */
export function stepOf({ label, source, bindings, workgroups, pointwise }: Kernel, flops: number): Step {
  const found: StepBinding[] = bindings.map((binding) => ({ ...binding, reused: false }));
  for (const line of source.split("\n")) {
    const declared = parseDeclaration(line);
    if (declared === null) continue;
    const { kind, binding, reused } = declared;
    if (bindings[binding]?.kind !== (kind === "input" ? "read" : "read_write")) {
      throw new SyntaxError(`Cannot run kernel "${label}": "${line.trim()}" names no such binding of it`);
    }
    found[binding] = { ...found[binding], kind, reused };
  }
  return { label, source, bindings: found, workgroups, flops, pointwise };
}

/** Operands that a step reads from memory. */
export function readsOf(step: Step): Operand[] {
  const own = step.bindings.filter(({ kind }) => kind !== "output").map(({ operand }) => operand);
  const tail = step.fused?.tail.flatMap(({ pointwise, args }) =>
    pointwise.operands.filter((_, k) => args[k] === "memory").map(({ operand }) => operand)
  );
  return [...own, ...tail ?? []];
}

/** Operands that a step writes to memory. */
export function writesOf({ bindings, fused }: Step): Operand[] {
  const own = bindings.filter(({ kind }, at) =>
    kind === "read_write" || (kind === "output" && (fused?.binding !== at || fused.storesOwn))
  ).map(({ operand }) => operand);
  const tail = fused?.tail.filter(({ stored }) => stored).map(({ pointwise }) => pointwise.out);
  return [...own, ...tail ?? []];
}
