/** From recorded operations to the steps of a program. */

import type { VariantPolicy } from "../autotune/variant_policy.ts";
import type { Gpu } from "../device/device.ts";
import type { Node } from "../graph/graph.ts";
import type { Operand, Pointwise, Target } from "../graph/op.ts";
import type { Spec } from "../arrays/shape.ts";
import { type Step, stepOf } from "./step.ts";
import type { Tensor } from "../graph/tensor.ts";

/** Steps in order, and the operand whose memory holds each value: a view lies in another operand's memory. */
export interface Lowered {
  readonly steps: Step[];
  placeOf(operand: Operand): Operand;
}

/** Lowers operations to steps over the program's values, each by the variant that `choose` names. */
export async function lowerNodes(
  gpu: Gpu,
  nodes: readonly Node[],
  choose: (node: Node) => Promise<string | undefined>,
): Promise<Lowered> {
  const views = viewsOf(nodes);
  const placeOf = (operand: Operand) => views.get(operand) ?? operand;
  const computed = nodes.filter(({ outputs: [first] }) => !views.has(first));
  const target = targetOf(gpu);
  const steps: Step[] = [];
  for (const node of computed) {
    steps.push(...lowerNode(node, { target, variant: await choose(node), placeOf }));
  }
  return { steps, placeOf };
}

/** A variable has one identity however many graphs use it. */
export function identity(tensor: Tensor): Operand {
  return tensor.variable ?? tensor;
}

/** The target of kernels on this device. */
export function targetOf(gpu: Gpu): Target {
  return {
    software: gpu.readPath === "texture",
    storageBuffers: gpu.info.limits.maxStorageBuffersPerShaderStage,
  };
}

/** Views: values in the memory of another value, which is itself no view. Variables change, so nothing views them. */
function viewsOf(nodes: readonly Node[]): Map<Operand, Operand> {
  const views = new Map<Operand, Operand>();
  for (const { op, inputs: [input], outputs: [output] } of nodes) {
    if (input === undefined || input.variable !== null || !op.isView?.(input.spec, output.spec)) continue;
    views.set(output, views.get(input) ?? input);
  }
  return views;
}

interface NodeContext {
  readonly target: Target;
  readonly variant: string | undefined;
  placeOf(operand: Operand): Operand;
}

function lowerNode(node: Node, { target, variant, placeOf }: NodeContext): Step[] {
  const flops = node.op.flops(node.inputs.map(({ spec }) => spec), node.attrs);
  const kernels = node.op.lower({
    inputs: node.inputs.map(identity),
    outputs: node.outputs,
    attrs: node.attrs,
    target,
    variant,
    scratch: (spec) => ({ spec }),
  });
  return kernels.map(({ pointwise, bindings, ...kernel }) =>
    stepOf({
      ...kernel,
      bindings: bindings.map((binding) => ({ ...binding, operand: placeOf(binding.operand) })),
      pointwise: pointwise === undefined ? undefined : placePointwise(pointwise, placeOf),
    }, { op: node.op.name, variant, flops })
  );
}

function placePointwise(pointwise: Pointwise, placeOf: (operand: Operand) => Operand): Pointwise {
  return {
    ...pointwise,
    out: placeOf(pointwise.out),
    operands: pointwise.operands.map((o) => ({ ...o, operand: placeOf(o.operand) })),
  };
}

/** What {@linkcode chooseVariant} uses. */
export interface VariantChoice {
  readonly variantPolicy: VariantPolicy;
  /** Milliseconds that a variant takes. */
  time(variant: string): Promise<number>;
}

/** The variant of a recorded operation, or undefined where there is only one; noted in `gpu.chosenVariants`. */
export async function chooseVariant(
  gpu: Gpu,
  node: Node,
  { variantPolicy, time }: VariantChoice,
): Promise<string | undefined> {
  const { op, inputs, outputs, attrs } = node;
  const specs = inputs.map(({ spec }) => spec);
  const variants = op.variants?.({
    inputs: specs,
    outputs: outputs.map(({ spec }) => spec),
    attrs,
    target: targetOf(gpu),
  }) ?? [];
  if (variants.length < 2) return variants[0];
  const shapes = specs.map(({ shape }) => shape.join("x")).join(" ");
  const key = `${op.name} ${shapes} ${JSON.stringify(attrs)}`;
  const version = () => hashText(variants.flatMap((variant) => kernelTexts(gpu, node, variant)).join("\n"));
  const flops = op.flops(specs, attrs);
  const variant = await variantPolicy({ op: op.name, key, variants, flops, version, time });
  gpu.chosenVariants.set(key, variant);
  return variant;
}

/** Names, sizes and sources of the kernels of one variant. */
function kernelTexts(gpu: Gpu, { op, inputs, outputs, attrs }: Node, variant: string): string[] {
  const scratch = (spec: Spec) => ({ spec });
  const kernels = op.lower({ inputs, outputs, attrs, target: targetOf(gpu), variant, scratch });
  return kernels.map(({ label, source, workgroups }) => `${label} ${workgroups.join("x")}\n${source}`);
}

/** FNV-1a over UTF-16 units, 32 bits, in hexadecimal: enough to tell versions of a kernel apart. */
function hashText(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
