/** The gradients of attention. */

import type { Kernel, OpDef, Operand } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, type Shape } from "../arrays/shape.ts";
import { fillTemplate } from "../wgsl/template.ts";
import { attentionGradReference } from "./attention_reference.ts";
import { type AttentionAttrs, type AttentionSizes, attentionSizes, rowsPerLane } from "./attention_sizes.ts";
import { wgslFloat } from "./elementwise.ts";
import keySource from "./attention_grad_key.wgsl" with { type: "text" };
import querySource from "./attention_grad_query.wgsl" with { type: "text" };

/** dq, dk, dv. Inputs: q, k, v, and attention's outputs out and lse, and dout. */
export const attentionGradOp: OpDef<AttentionAttrs> = {
  name: "attention_grad",
  shape: (inputs) => inputs.slice(0, 3).map(({ shape }) => f32(...shape)),
  lower: ({ inputs: [q, k, v, out, lse, g], outputs: [dq, dk, dv], attrs, scratch }) => {
    const s = attentionSizes([q.spec, k.spec, v.spec], attrs);
    const rows = scratch(f32(s.batch, s.queries, s.heads, 2));
    const query = {
      label: "attention_grad_query",
      source: querySource,
      owned: s.queries,
      max: 32,
      inputs: [q, k, v, g],
      reads: [out, lse],
      writes: [dq, rows],
    };
    const key = {
      label: "attention_grad_key",
      source: keySource,
      owned: s.keys,
      max: 32,
      inputs: [q, k, v, g],
      reads: [rows],
      writes: [dk, dv],
    };
    return [query, key].map((plan) => gradKernel(s, plan));
  },
  backward: null,
  reference: (inputs, attrs, [q, k, v]) => {
    const sizes = attentionSizes(inputs.slice(0, 3).map(({ shape }) => f32(...shape)), attrs);
    const { dq, dk, dv } = attentionGradReference(inputs, sizes);
    return [{ shape: q.shape, data: dq }, { shape: k.shape, data: dk }, { shape: v.shape, data: dv }];
  },
  flops: (inputs, attrs) => {
    const { batch, queries, keys, heads, size } = attentionSizes(inputs.slice(0, 3), attrs);
    return 10 * batch * heads * queries * keys * size;
  },
  cases: [
    gradCase("one element", [1, 1, 1], { heads: 1 }),
    gradCase("odd heads", [2, 5, 3, 5], { heads: 3 }),
    gradCase("more keys than queries", [2, 3, 16], { heads: 2, keys: 7 }),
    gradCase("above a workgroup", [17, 9, 16], { heads: 4 }),
    gradCase("empty batch", [0, 5, 8], { heads: 2 }),
  ],
};

interface GradPlan {
  readonly label: string;
  readonly source: string;
  /** Rows per example that invocations own. */
  readonly owned: number;
  /** Vec4s of rows that one invocation owns at most. */
  readonly max: number;
  /** q, k, v and g. */
  readonly inputs: readonly Operand[];
  readonly reads: readonly Operand[];
  readonly writes: readonly Operand[];
}

function gradKernel(s: AttentionSizes, plan: GradPlan): Kernel {
  const R = rowsPerLane(plan.owned, { vec4s: s.vec4s, max: plan.max });
  const BLOCKS = Math.ceil(plan.owned / R);
  const COUNT = s.batch * s.heads * BLOCKS;
  return {
    label: plan.label,
    source: fillTemplate(plan.source, {
      consts: { COUNT, BLOCKS, R, HEADS: s.heads, TQ: s.queries, TK: s.keys, D4: s.vec4s },
      text: { SCALE: wgslFloat(1 / Math.sqrt(s.size)) },
    }),
    bindings: [
      ...[...plan.inputs, ...plan.reads].map((operand) => ({ operand, kind: "read" as const })),
      ...plan.writes.map((operand) => ({ operand, kind: "read_write" as const })),
    ],
    workgroups: splitGrid(Math.ceil(COUNT / 64)),
  };
}

function gradCase(name: string, q: Shape, { heads, keys }: { heads: number; keys?: number }) {
  const k = q.map((n, d) => d === 1 ? keys ?? n : n);
  const lse = [q[0], q[1], heads, 1];
  // Positive lse: the weights p stay of the size they have where lse is the scores' own.
  return {
    name,
    inputs: [q, k, k, q, lse, q].map((shape) => f32(...shape)),
    attrs: { heads },
    positive: true,
  };
}
