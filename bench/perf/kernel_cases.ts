/** The operations and sizes that `bench perf` times: those that carry the suite's networks. */

import type { Attrs, OpDef } from "../../engine/graph/op.ts";
import { addOp } from "../../engine/ops/arithmetic.ts";
import { attentionOp } from "../../engine/ops/attention.ts";
import { attentionGradOp } from "../../engine/ops/attention_grad.ts";
import { batchNormGradOp, batchNormOp } from "../../engine/ops/batch_norm.ts";
import { conv2dOp, convGradInputOp, convGradWeightsOp } from "../../engine/ops/conv2d.ts";
import { groupNormGradOp, groupNormOp } from "../../engine/ops/group_norm.ts";
import { layerNormOp } from "../../engine/ops/layer_norm.ts";
import { layerNormGradInputOp } from "../../engine/ops/layer_norm_grad.ts";
import { matmulOp } from "../../engine/ops/matmul.ts";
import { reduceSumOp } from "../../engine/ops/reduce_sum.ts";
import { f32, type Spec } from "../../engine/arrays/shape.ts";

/** An operation at one size. */
export interface KernelCase {
  /** Unique. */
  readonly name: string;
  readonly op: OpDef;
  readonly inputs: readonly Spec[];
  readonly attrs: Attrs;
}

/** All cases in the order in which they are shown. */
export function kernelCases(): KernelCase[] {
  return [
    ...matmulSizes(),
    ...convSizes(),
    ...attentionSizes(),
    ...normalisations(),
    kernelCase("add 128x32x32x16", addOp, {
      inputs: [f32(128, 32, 32, 16), f32(128, 32, 32, 16)],
      attrs: { k: 0 },
    }),
    kernelCase("reduce_sum 128x32x32x16, all", reduceSumOp, {
      inputs: [f32(128, 32, 32, 16)],
      attrs: { from: 0, to: 4, rank: 0 },
    }),
    kernelCase("reduce_sum 4160x768, rows", reduceSumOp, {
      inputs: [f32(4160, 768)],
      attrs: { from: 0, to: 1, rank: 1 },
    }),
  ];
}

/**
 * The cases whose name holds `pattern`, upper and lower case alike.
 *
 * @throws {RangeError} If no case has such a name.
 */
export function selectCases(cases: readonly KernelCase[], pattern: string): KernelCase[] {
  const wanted = pattern.toLowerCase();
  const found = cases.filter(({ name }) => name.toLowerCase().includes(wanted));
  if (found.length > 0) return found;
  const ops = new Set(cases.map(({ op }) => op.name));
  throw new RangeError(
    `Cannot select kernels: no name holds ${pattern}, known operations are ${[...ops].join(", ")}`,
  );
}

function kernelCase<A extends Attrs>(
  name: string,
  op: OpDef<A>,
  { inputs, attrs }: { inputs: readonly Spec[]; attrs: A },
): KernelCase {
  return { name, op: op as unknown as OpDef, inputs, attrs };
}

/** Square ones in the three forms that training needs, and the products of a small vision transformer. */
function matmulSizes(): KernelCase[] {
  const square = [["NN", false, false], ["NT", false, true], ["TN", true, false]] as const;
  const rows = f32(64, 65, 192), wide = f32(64, 65, 768), weight = f32(768, 192);
  const plain = { transposeA: false, transposeB: false };
  return [
    ...square.map(([form, transposeA, transposeB]) =>
      kernelCase(`matmul ${form} 1024x1024x1024`, matmulOp, {
        inputs: [f32(1024, 1024), f32(1024, 1024)],
        attrs: { transposeA, transposeB },
      })
    ),
    kernelCase("matmul ViT forward 4160x192x768", matmulOp, {
      inputs: [rows, weight],
      attrs: { ...plain, transposeB: true },
    }),
    kernelCase("matmul ViT dX 4160x768x192", matmulOp, { inputs: [wide, weight], attrs: plain }),
    kernelCase("matmul ViT dW 768x4160x192", matmulOp, {
      inputs: [wide, rows],
      attrs: { ...plain, transposeA: true, sumBatch: true },
    }),
  ];
}

/** 3x3 convolutions: the stages of resnet8 at batch 128, and the one other packages are compared by. */
function convSizes(): KernelCase[] {
  const attrs = { stride: 1, padding: 1 };
  const stages = [[128, 32, 16], [128, 16, 32], [128, 8, 64], [64, 32, 32]];
  return stages.flatMap(([batch, size, channels]) => {
    const x = f32(batch, size, size, channels), w = f32(channels, 3, 3, channels);
    const name = `${x.shape.join("x")} to ${channels}`;
    return [
      kernelCase(`conv2d ${name}`, conv2dOp, { inputs: [x, w], attrs }),
      kernelCase(`conv2d dX ${name}`, convGradInputOp, {
        inputs: [x, w],
        attrs: { ...attrs, shape: x.shape },
      }),
      kernelCase(`conv2d dW ${name}`, convGradWeightsOp, {
        inputs: [x, x],
        attrs: { ...attrs, shape: w.shape },
      }),
    ];
  });
}

function attentionSizes(): KernelCase[] {
  const q = f32(64, 65, 192), attrs = { heads: 3 };
  const name = "64x65x192, 3 heads";
  return [
    kernelCase(`attention ${name}`, attentionOp, { inputs: [q, q, q], attrs }),
    kernelCase(`attention grad ${name}`, attentionGradOp, {
      inputs: [q, q, q, q, f32(64, 65, 3, 1), q],
      attrs,
    }),
  ];
}

function normalisations(): KernelCase[] {
  const x = f32(128, 32, 32, 16), c = f32(16), tokens = f32(64, 65, 192);
  const batch = { eps: 1e-5, relu: true, momentum: 0.1 }, group = { eps: 1e-5, groups: 4, silu: true };
  const groups = f32(128, 4), rows = f32(128, 16);
  return [
    kernelCase("batch_norm 128x32x32x16", batchNormOp, { inputs: [x, c, c], attrs: batch }),
    kernelCase("batch_norm grad 128x32x32x16", batchNormGradOp, {
      inputs: [x, c, f32(4, 16), x],
      attrs: batch,
    }),
    kernelCase("layer_norm 64x65x192", layerNormOp, {
      inputs: [tokens, f32(192), f32(192)],
      attrs: { eps: 1e-5 },
    }),
    kernelCase("layer_norm grad 64x65x192", layerNormGradInputOp, {
      inputs: [tokens, f32(192), f32(64, 65, 2), tokens],
      attrs: {},
    }),
    kernelCase("group_norm 128x32x32x16, 4 groups", groupNormOp, { inputs: [x, c, c], attrs: group }),
    kernelCase("group_norm grad 128x32x32x16, 4 groups", groupNormGradOp, {
      inputs: [x, groups, groups, rows, rows, x],
      attrs: group,
    }),
  ];
}
