/** What an operation is: declared once, read by autograd, programs, tests, the memory plan and the benchmark. */

import type { Spec } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** Plain settings of an operation. */
export type Attrs = Readonly<Record<string, unknown>>;

/** A float64 array on the CPU: row-major, without padding. References compute with these. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** A value as a kernel sees it: something with a spec that the program will bind. */
export interface Operand {
  readonly spec: Spec;
}

/** One dispatch. */
export interface Kernel {
  readonly label: string;
  /** WGSL, template already filled. */
  readonly source: string;
  /** In the order of their `@binding` numbers. */
  readonly bindings: readonly Binding[];
  readonly workgroups: readonly [number, number, number];
}

/** One binding of a kernel. `texture`: read through the texture that mirrors the operand. */
export interface Binding {
  readonly operand: Operand;
  readonly kind: "read" | "read_write" | "texture";
}

/** What an operation lowers to kernels with. */
export interface LowerContext<A> {
  readonly inputs: readonly Operand[];
  readonly outputs: readonly Operand[];
  readonly attrs: A;
  /** Whether heavy reads go through storage textures. */
  readonly textures: boolean;
  /** Storage buffers that one kernel may bind; WebGPU grants 8. */
  readonly storageBuffers: number;
  /** Memory that lives only within this operation. */
  scratch(spec: Spec): Operand;
}

/** What a backward rule sees. Gradients are null where nothing downstream depends on an output. */
export interface BackwardContext<A> {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly grads: readonly (Tensor | null)[];
  readonly attrs: A;
  /** Whether the gradient of input `i` is asked for; rules skip the others' work. */
  needs(input: number): boolean;
}

/** A size case of an operation's suite. */
export interface OpCase<A> {
  /** What it is there for: "one element", "above the tile". */
  readonly name: string;
  readonly inputs: readonly Spec[];
  readonly attrs: A;
  /** Range of u32 inputs: values are drawn below this. */
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
  /** The kernels that compute it. */
  lower(context: LowerContext<A>): Kernel[];
  /** Gradients of the inputs; null: not differentiable at all. */
  readonly backward: ((context: BackwardContext<A>) => (Tensor | null)[]) | null;
  /** Float64 values of the outputs; inputs listed in `mutates` are changed in place. */
  reference(inputs: readonly NdArray[], attrs: A, outputs: readonly Spec[]): NdArray[];
  /** Inputs that are changed in place, or which they are of a number of inputs; they must be variables. */
  readonly mutates?: readonly number[] | ((inputs: number) => readonly number[]);
  /** Whether the output is the bytes of the input: a program need not compute it if the input stays as it is. */
  readonly isView?: (input: Spec, output: Spec) => boolean;
  /** f32 inputs that have no gradient (statistics, masks). */
  readonly constantInputs?: readonly number[];
  /** Multiplications and additions; 0 where the memory traffic is all that counts. */
  flops(inputs: readonly Spec[], attrs: A): number;
  readonly cases: readonly OpCase<A>[];
}

/** The places of the inputs that an operation changes in place, of `inputs` in all. */
export function mutatedInputs(op: Pick<OpDef, "mutates">, inputs: number): readonly number[] {
  return typeof op.mutates === "function" ? op.mutates(inputs) : op.mutates ?? [];
}
