/** Recording: the operations of a program, in the order of their calls. */

import { type Attrs, mutatedInputs, type OpDef } from "./op.ts";
import { formatShape, sameShape } from "../arrays/shape.ts";
import { Tensor, type Value, type Variable } from "./tensor.ts";

/** One recorded operation. */
export interface Node {
  readonly op: OpDef;
  readonly inputs: readonly Tensor[];
  readonly attrs: Attrs;
  readonly outputs: readonly Tensor[];
}

/** Nodes in order, and the variables they read. */
export class Graph {
  readonly nodes: Node[] = [];
  readonly #leaves = new Map<Variable, Tensor>();

  /** The variables used so far. */
  get variables(): Variable[] {
    return [...this.#leaves.keys()];
  }

  /** The value as a tensor of this graph. */
  tensor(given: Value): Tensor {
    const value = given instanceof Tensor ? given : replacements.get(given) ?? given;
    if (value instanceof Tensor) {
      if (value.graph !== this) {
        throw new TypeError(
          "Cannot use tensor: it was recorded in another program, pass a Variable between programs",
        );
      }
      return value;
    }
    let leaf = this.#leaves.get(value);
    if (leaf === undefined) {
      leaf = new Tensor(this, value.spec, { variable: value });
      this.#leaves.set(value, leaf);
    }
    return leaf;
  }
}

let current: Graph | null = null;
let replacements: ReadonlyMap<Variable, Variable> = new Map();

/**
 * Records `build` with some variables replaced by others, such as averaged weights.
 *
 * @param others Each variable's replacement, of the same shape; other variables stay.
 * @returns What `build` returned.
 * @throws {RangeError} If a replacement has another shape.
 */
export function replacing<T>(others: ReadonlyMap<Variable, Variable>, build: () => T): T {
  for (const [variable, other] of others) {
    if (sameShape(variable.shape, other.shape)) continue;
    throw new RangeError(
      `Cannot replace variable "${variable.name}": its shape is ${formatShape(variable.shape)}, ` +
        `"${other.name}" has ${formatShape(other.shape)}`,
    );
  }
  const outer = replacements;
  replacements = new Map([...outer, ...others]);
  try {
    return build();
  } finally {
    replacements = outer;
  }
}

/**
 * Records `build` into a new graph, for evaluation by references or for compilation.
 *
 * @returns The graph, and what `build` returned.
 */
export function trace<T>(build: () => T): { graph: Graph; result: T } {
  const outer = current;
  const graph = new Graph();
  current = graph;
  try {
    return { graph, result: build() };
  } finally {
    current = outer;
  }
}

/**
 * The value as a tensor of the program being recorded; for a variable, its value at each place where it is used.
 *
 * @throws {TypeError} If no program is being recorded, or it is a tensor of another one.
 */
export function asTensor(value: Value): Tensor {
  return recording().tensor(value);
}

/**
 * Records one operation and returns its outputs.
 *
 * @throws {TypeError} If no program is being recorded, a tensor belongs to another one, or an input changed in place is
 * not a variable.
 * @throws {RangeError} If the shapes do not fit the operation.
 */
export function record<A extends Attrs>(op: OpDef<A>, inputs: readonly Value[], attrs: A): readonly Tensor[] {
  const graph = recording();
  const tensors = inputs.map((value) => graph.tensor(value));
  for (const i of mutatedInputs(op, tensors.length)) {
    if (tensors[i].variable === null) {
      throw new TypeError(
        `Cannot record ${op.name}: input ${i} is changed in place and has to be a Variable`,
      );
    }
  }
  const specs = op.shape(tensors.map((t) => t.spec), attrs);
  const outputs: Tensor[] = [];
  const node: Node = { op: op as unknown as OpDef, inputs: tensors, attrs, outputs };
  specs.forEach((spec, index) => outputs.push(new Tensor(graph, spec, { node, index })));
  graph.nodes.push(node);
  return outputs;
}

/**
 * The nodes that have to run: those that change a variable or lead to one of `outputs`.
 */
export function liveNodes(graph: Graph, outputs: readonly Tensor[]): Node[] {
  const needed = new Set<Tensor>(outputs);
  const live: Node[] = [];
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i];
    if (mutatedInputs(node.op, node.inputs.length).length > 0 || node.outputs.some((t) => needed.has(t))) {
      node.inputs.forEach((t) => needed.add(t));
      live.push(node);
    }
  }
  return live.reverse();
}

function recording(): Graph {
  if (current === null) {
    throw new TypeError(
      "Cannot record an operation: no program is being recorded, call it inside compile() or trace()",
    );
  }
  return current;
}
