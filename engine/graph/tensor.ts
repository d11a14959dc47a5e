/** The two kinds of value an operation takes: a step inside a recorded program, or a variable that outlives it. */

import { formatShape, sizeOf, type Spec } from "../arrays/shape.ts";
import type { Graph, Node } from "./graph.ts";

/** A value inside one recorded program. It has a shape at once and numbers only when the program runs. */
export class Tensor {
  readonly graph: Graph;
  readonly spec: Spec;
  /** The operation that computes it, or null for a variable's value. */
  readonly node: Node | null;
  /** Which output of the operation it is. */
  readonly index: number;
  /** The variable whose value it is, or null. */
  readonly variable: Variable | null;

  constructor(graph: Graph, spec: Spec, origin: { node: Node; index: number } | { variable: Variable }) {
    this.graph = graph;
    this.spec = spec;
    this.node = "node" in origin ? origin.node : null;
    this.index = "node" in origin ? origin.index : 0;
    this.variable = "variable" in origin ? origin.variable : null;
  }

  /** Sizes of the dimensions. */
  get shape(): readonly number[] {
    return this.spec.shape;
  }
}

/** Values of a variable on the host: row-major, without padding. */
export type HostData = Float32Array | Uint32Array;

/**
 * Numbers that outlive programs: parameters, running statistics, optimiser state, data, scalars from the host.
 * The device copy is made when a program first uses it.
 */
export class Variable {
  readonly name: string;
  readonly spec: Spec;
  /** Values it starts with. */
  readonly initial: HostData;

  /** @throws {RangeError} If the number of values does not fit the shape. */
  constructor(name: string, spec: Spec, initial?: HostData) {
    const size = sizeOf(spec.shape);
    if (initial !== undefined && initial.length !== size) {
      throw new RangeError(
        `Cannot create variable "${name}": ${initial.length} values given for shape ${
          formatShape(spec.shape)
        }`,
      );
    }
    this.name = name;
    this.spec = spec;
    this.initial = initial ?? (spec.dtype === "f32" ? new Float32Array(size) : new Uint32Array(size));
  }

  /** Sizes of the dimensions. */
  get shape(): readonly number[] {
    return this.spec.shape;
  }
}

/** What operations accept. */
export type Value = Tensor | Variable;
