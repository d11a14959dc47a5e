/** Kernels over logits [B, C] with one invocation per example: losses, correctness, diagnostics. */

import type { Kernel, Operand } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { rowVec4s } from "../arrays/shape.ts";
import { fillTemplate, type TemplateValues } from "../wgsl/template.ts";

/** Operands and template values of such a kernel. */
export interface LogitsKernelOptions extends TemplateValues {
  readonly label: string;
  readonly source: string;
  /** Logits [B, C] first; bindings 0, 1, ... */
  readonly inputs: readonly Operand[];
  /** The binding after them. */
  readonly output: Operand;
}

/** Builds the kernel of a template; adds the constants B, C and C4, the vec4s of a row of logits. */
export function logitsKernel({ label, source, inputs, output, ...values }: LogitsKernelOptions): Kernel {
  const [B, C] = inputs[0].spec.shape;
  return {
    label,
    source: fillTemplate(source, { ...values, consts: { B, C, C4: rowVec4s([B, C]), ...values.consts } }),
    bindings: [
      ...inputs.map((operand) => ({ operand, kind: "read" as const })),
      { operand: output, kind: "read_write" },
    ],
    workgroups: splitGrid(Math.ceil(B / 64)),
    leading: true,
  };
}
