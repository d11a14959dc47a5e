/**
 * The declaration of an operation: one place that autograd, programs, tests, the memory plan and the benchmark read.
 */

import type { Spec } from "../arrays/shape.ts";
import type { Tensor } from "./tensor.ts";

/** Plain settings of an operation. */
export type Attrs = Readonly<Record<string, unknown>>;

/** A float64 array on the CPU: row-major, without padding. References compute with these. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** A value as a kernel sees it: a spec that the program binds. */
export interface Operand {
  readonly spec: Spec;
}

/** One dispatch. */
export interface Kernel {
  readonly label: string;
  /** WGSL, template filled but for its `#input` and `#output` lines, which the program fills. */
  readonly source: string;
  /** In the order of their `@binding` numbers. */
  readonly bindings: readonly Binding[];
  readonly workgroups: readonly [number, number, number];
  /**
   * Whether its workgroups, counted along x, then y, write in the order of the leading dimension: the first half of
   * them (rounded up) writes the first half of every output, from the first half of every input whose leading dimension
   * is the same. It has to read the grid's size from `num_workgroups`. Default false.
   */
  readonly leading?: boolean;
  /** Of a `leading` kernel: workgroups that a part may need beyond its share, where blocks of rows cross parts. */
  readonly leadingSlack?: number;
  /** Of a pointwise kernel: its expression, so that it can be fused into another kernel. */
  readonly pointwise?: Pointwise;
}

/**
 * One binding of a kernel: a storage buffer that its source declares, or what an `#input` or `#output` line stands for:
 * - `#input 0 x` is read as `x(i)`; the program decides where it lies. `#input 0 x reused`: each element is read many
 *   times, which is worth a copy in a texture.
 * - `#output 1 y` is written as `set_y(i, v)`, each vec4 once, and never read; the program decides where it lies and
 *   may fuse further operations into it.
 */
export interface Binding {
  readonly operand: Operand;
  readonly kind: "read" | "read_write";
}

/** y[i] = f(a[i], b[...], ...) over vec4s. */
export interface Pointwise {
  /** The operation's. */
  readonly name: string;
  /** WGSL over the vec4s a, b, c, d. */
  readonly expression: string;
  /** WGSL files with the functions that it calls. */
  readonly include: readonly string[];
  readonly operands: readonly PointwiseOperand[];
  readonly out: Operand;
  /** Where the padding has to be cleared: vec4s in a row, and lanes in use of the last one. */
  readonly mask: { readonly row: number; readonly tail: number } | null;
}

/** An operand of a {@linkcode Pointwise}. */
export interface PointwiseOperand {
  readonly operand: Operand;
  /** WGSL index of its vec4 for vec4 `i` of the output; "i" where the two lie alike. */
  readonly index: string;
  /** Whether its first lane stands for all. */
  readonly splat: boolean;
}

/** The kind of device that kernels are made for; decides tile sizes and splits. */
export interface Target {
  /** A software adapter: few lanes, costly loads, no gain from many invocations. */
  readonly software: boolean;
  /** Storage buffers that one kernel may bind; WebGPU grants 8. */
  readonly storageBuffers: number;
}

/**
 * Loop iterations of one invocation, summed over its loops. llvmpipe silently exits any loop after 65,535 iterations per
 * invocation, so kernels split longer work into parts.
 */
export const MAX_LOOP_ITERATIONS = 60_000;

/** Arguments of `OpDef.lower`. */
export interface LowerContext<A> {
  readonly inputs: readonly Operand[];
  readonly outputs: readonly Operand[];
  readonly attrs: A;
  readonly target: Target;
  /** Name of the variant, or undefined where the operation has one only. */
  readonly variant?: string;
  /** Memory that lives only within this operation. */
  scratch(spec: Spec): Operand;
}

/** What an operation's variants depend on. */
export interface VariantContext<A> {
  readonly inputs: readonly Spec[];
  readonly outputs: readonly Spec[];
  readonly attrs: A;
  readonly target: Target;
}

/** Arguments of a backward rule. Gradients are null where nothing downstream depends on an output. */
export interface BackwardContext<A> {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly grads: readonly (Tensor | null)[];
  readonly attrs: A;
  /** Whether the gradient of input `i` is needed; rules skip the others. */
  needs(input: number): boolean;
}

/** A size case of an operation's suite. */
export interface OpCase<A> {
  /** What it covers: "one element", "above the tile". */
  readonly name: string;
  readonly inputs: readonly Spec[];
  readonly attrs: A;
  /** Upper bound of u32 inputs, exclusive. */
  readonly below?: number;
  /** Range of f32 inputs; default normal(0, 1). */
  readonly positive?: boolean;
  /** Too large for the central differences. */
  readonly large?: boolean;
}

/** An operation. */
export interface OpDef<A extends Attrs = Attrs> {
  readonly name: string;
  /** Output specs. @throws {RangeError} If the shapes do not fit together. */
  shape(inputs: readonly Spec[], attrs: A): Spec[];
  /**
   * Names of the variants of its kernels, such as tile sizes; the best guess first. All give the same bits on a device
   * that computes correctly. Default: one variant without a name.
   */
  variants?(context: VariantContext<A>): readonly string[];
  /** The kernels that compute it. */
  lower(context: LowerContext<A>): Kernel[];
  /** Gradients of the inputs; null: not differentiable at all. */
  readonly backward: ((context: BackwardContext<A>) => (Tensor | null)[]) | null;
  /** Float64 values of the outputs; inputs listed in `mutates` are changed in place. */
  reference(inputs: readonly NdArray[], attrs: A, outputs: readonly Spec[]): NdArray[];
  /** Inputs that are changed in place, as a list or by the number of inputs; they must be variables. */
  readonly mutates?: readonly number[] | ((inputs: number) => readonly number[]);
  /** Whether the output has the bytes of the input; a program then aliases it if the input does not change. */
  readonly isView?: (input: Spec, output: Spec) => boolean;
  /** f32 inputs that have no gradient (statistics, masks). */
  readonly constantInputs?: readonly number[];
  /** Multiplications and additions; 0 where only memory traffic counts. */
  flops(inputs: readonly Spec[], attrs: A): number;
  readonly cases: readonly OpCase<A>[];
}

/** Indices of the inputs that an operation changes in place, given their number. */
export function mutatedInputs(op: Pick<OpDef, "mutates">, inputs: number): readonly number[] {
  return typeof op.mutates === "function" ? op.mutates(inputs) : op.mutates ?? [];
}
