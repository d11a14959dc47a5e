/** Runs a recorded graph on the CPU in float64, operation by operation, through the operations' references. */

import type { Graph } from "./graph.ts";
import { liveNodes } from "./graph.ts";
import type { NdArray } from "./op.ts";
import type { Tensor, Variable } from "./tensor.ts";

/** Values of variables by variable. */
export type ReferenceState = Map<Variable, NdArray>;

/**
 * Evaluates tensors of a graph in float64. Variables not in `state` start at their initial values; changes in
 * place are left in `state`.
 */
export function evaluateReference(
  graph: Graph,
  outputs: readonly Tensor[],
  state: ReferenceState = new Map(),
): NdArray[] {
  for (const variable of graph.variables) {
    if (!state.has(variable)) {
      state.set(variable, { shape: variable.shape, data: Float64Array.from(variable.initial) });
    }
  }
  const values = new Map<Tensor, NdArray>();
  const valueOf = (tensor: Tensor): NdArray =>
    tensor.variable !== null ? state.get(tensor.variable)! : values.get(tensor)!;
  for (const node of liveNodes(graph, outputs)) {
    const results = node.op.reference(node.inputs.map(valueOf), node.attrs, node.outputs.map((t) => t.spec));
    node.outputs.forEach((t, i) => values.set(t, results[i]));
  }
  return outputs.map((t) => {
    const value = valueOf(t);
    return { shape: value.shape, data: value.data.slice() };
  });
}
