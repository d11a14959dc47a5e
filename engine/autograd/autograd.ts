/** Reverse-mode differentiation: appends the backward operations to the graph being recorded. */

import { asTensor, type Node } from "../graph/graph.ts";
import { add } from "../ops/arithmetic.ts";
import { fill } from "../ops/fill.ts";
import { sumTo } from "../ops/reduce_sum.ts";
import { formatShape, sameShape, sizeOf } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";

/** The start of differentiation. */
export interface GradientOptions {
  /** Gradient of the outcome with respect to `of`; default 1, for which `of` must hold one element. */
  readonly seed?: Tensor;
}

/**
 * Gradients of `of` with respect to each of `wrt`, in their shapes. Differentiates only the operations between `wrt`
 * and `of`: the gradient of an input costs no work on the weights, and vice versa.
 *
 * A variable that an operation changes in place between the forward and the backward operations is read as it is
 * then: change variables after asking for gradients.
 *
 * @param of The tensor to differentiate, usually a loss of shape [].
 * @param wrt Tensors and variables, each in any shape.
 * @throws {RangeError} If `of` holds several elements and no seed is given, the seed has another shape than `of`, or
 * `of` does not depend on one of `wrt`.
 * @throws {TypeError} If an operation on the way has no gradient.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { gradients } from "./autograd.ts";
 * import { trace } from "../graph/graph.ts";
 * import { square } from "../ops/arithmetic.ts";
 * import { sumAll } from "../ops/reduce_sum.ts";
 * import { evaluateReference } from "../graph/reference.ts";
 * import { f32 } from "../arrays/shape.ts";
 * import { Variable } from "../graph/tensor.ts";
 *
 * const x = new Variable("x", f32(3), Float32Array.of(1, 2, 3));
 * const { graph, result } = trace(() => gradients(sumAll(square(x)), [x]));
 * assertEquals([...evaluateReference(graph, result)[0].data], [2, 4, 6]);
 * ```
 */
export function gradients(of: Tensor, wrt: readonly Value[], options: GradientOptions = {}): Tensor[] {
  if (options.seed === undefined && sizeOf(of.shape) !== 1) {
    throw new RangeError(
      `Cannot differentiate: expected one element or a seed, got shape ${formatShape(of.shape)}`,
    );
  }
  if (options.seed !== undefined && !sameShape(options.seed.shape, of.shape)) {
    throw new RangeError(
      `Cannot differentiate: expected a seed of ${formatShape(of.shape)}, got ${
        formatShape(options.seed.shape)
      }`,
    );
  }
  const targets = wrt.map(asTensor);
  const nodes = [...of.graph.nodes];
  const reached = dependants(nodes, targets);
  const grads = new Map<Tensor, Tensor>([[of, options.seed ?? fill(of.shape, 1)]]);
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i];
    if (!node.outputs.some((t) => grads.has(t)) || !node.inputs.some((t) => reached.has(t))) continue;
    if (node.op.backward === null) {
      throw new TypeError(`Cannot differentiate: ${node.op.name} has no gradient`);
    }
    const results = node.op.backward({
      inputs: node.inputs,
      outputs: node.outputs,
      grads: node.outputs.map((t) => grads.get(t) ?? null),
      attrs: node.attrs,
      needs: (input) => reached.has(node.inputs[input]),
    });
    node.inputs.forEach((input, k) => {
      const result = results[k];
      if (result === null || result === undefined || !reached.has(input)) return;
      const grad = sumTo(result, input.shape);
      const before = grads.get(input);
      grads.set(input, before === undefined ? grad : add(before, grad));
    });
  }
  return targets.map((target, k) => {
    const grad = grads.get(target);
    if (grad === undefined) {
      const name = wrt[k] === target ? "tensor" : `variable "${target.variable?.name}"`;
      throw new RangeError(`Cannot differentiate: the outcome does not depend on ${name} (number ${k})`);
    }
    return grad;
  });
}

/** Tensors that depend on one of `sources`, and these themselves. */
function dependants(nodes: readonly Node[], sources: readonly Tensor[]): Set<Tensor> {
  const reached = new Set<Tensor>(sources);
  for (const node of nodes) {
    if (node.inputs.some((t) => reached.has(t))) node.outputs.forEach((t) => reached.add(t));
  }
  return reached;
}
