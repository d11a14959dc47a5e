/** The global norm of gradients, and the factor that clips it to a maximum. */

import { record } from "../graph/graph.ts";
import type { Kernel, LowerContext, OpCase, OpDef, Operand } from "../graph/op.ts";
import { f32, type Shape, sizeOf, vec4Count } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import { wgslFloat } from "./elementwise.ts";
import { groupUpTo, itemsPerKernel } from "./optim_groups.ts";
import factorSource from "./optim_clip_factor.wgsl" with { type: "text" };
import squaresSource from "./optim_sum_squares.wgsl" with { type: "text" };

/** Settings: the maximum norm. */
export interface ClipAttrs {
  readonly [key: string]: unknown;
  readonly maxNorm: number;
}

/**
 * Tensors summed together: with the result, the 8 storage buffers that every WebGPU device binds. Where a device binds
 * more, one dispatch takes several such batches; the order of the sum is the same on all.
 */
const BATCH = 7;
/** Workgroups of a dispatch over several batches; each skips the tensors of other batches. */
const SHARED_GROUPS = 16;
/** Minimum vec4s per invocation before a further workgroup pays off. */
const VEC4S_EACH = 8;
const MAX_GROUPS = 256;

/** factor [] = min(1, maxNorm / (norm + 1e-6)) and norm [], over any number of tensors. */
export const clipFactorOp: OpDef<ClipAttrs> = {
  name: "optim_clip_factor",
  shape: (inputs) => {
    if (inputs.length === 0) {
      throw new RangeError("Cannot compute gradient norm: no gradients given, 0 tensors");
    }
    inputs.forEach((input, i) => {
      if (input.dtype !== "f32") {
        throw new TypeError(`Cannot compute gradient norm: input ${i} must be f32, it is ${input.dtype}`);
      }
    });
    return [f32(), f32()];
  },
  lower: lowerClipFactor,
  backward: null,
  reference: (inputs, { maxNorm }) => {
    let sum = 0;
    for (const { data } of inputs) for (const x of data) sum += x * x;
    const norm = Math.sqrt(sum);
    const scalar = (x: number) => ({ shape: [], data: Float64Array.of(x) });
    return [scalar(Math.min(1, maxNorm / (norm + 1e-6))), scalar(norm)];
  },
  flops: (inputs) => inputs.reduce((sum, { shape }) => sum + 2 * sizeOf(shape), 0),
  cases: clipCases(),
};

/** Tensors that are summed together: workgroup w takes its share of each of them. */
interface Batch {
  readonly members: readonly Operand[];
  readonly groups: number;
  /** Partial sums before the batch's own. */
  readonly offset: number;
}

function lowerClipFactor(
  { inputs, outputs: [factor, norm], attrs, scratch, target }: LowerContext<ClipAttrs>,
): Kernel[] {
  const batches: Batch[] = [];
  let total = 0;
  for (let at = 0; at < inputs.length; at += BATCH) {
    const members = inputs.slice(at, at + BATCH);
    const longest = Math.max(...members.map(({ spec }) => vec4Count(spec.shape)));
    const groups = Math.min(MAX_GROUPS, Math.max(1, Math.ceil(longest / (64 * VEC4S_EACH))));
    batches.push({ members, groups, offset: total });
    total += groups;
  }
  const partials = scratch(f32(total));
  const together = groupUpTo(batches, {
    max: itemsPerKernel(target.storageBuffers, { each: BATCH }),
    maxSize: SHARED_GROUPS,
    sizeOf: ({ groups }) => groups,
  });
  const sums = together.map((group) => sumsKernel(group, partials));
  return [...sums, {
    label: "optim_clip_factor",
    source: fillTemplate(factorSource, {
      consts: { PARTIALS: total },
      text: { MAX: wgslFloat(attrs.maxNorm) },
    }),
    bindings: [
      { operand: partials, kind: "read" },
      { operand: factor, kind: "read_write" },
      { operand: norm, kind: "read_write" },
    ],
    workgroups: [1, 1, 1],
  }];
}

function sumsKernel(batches: readonly Batch[], partials: Operand): Kernel {
  const members = batches.flatMap((batch) => batch.members);
  const consts: Record<string, number> = {
    INPUTS: members.length,
    BATCHES: batches.length,
    BATCH,
  };
  members.forEach(({ spec }, k) => consts[`N${k}`] = vec4Count(spec.shape));
  let workgroups = 0;
  batches.forEach(({ groups, offset }, b) => {
    consts[`START${b}`] = workgroups;
    consts[`GROUPS${b}`] = groups;
    consts[`OFFSET${b}`] = offset;
    workgroups += groups;
  });
  return {
    label: "optim_sum_squares",
    source: fillTemplate(squaresSource, { consts }),
    bindings: [
      ...members.map((operand) => ({ operand, kind: "read" as const })),
      { operand: partials, kind: "read_write" },
    ],
    workgroups: [workgroups, 1, 1],
  };
}

function clipCases(): OpCase<ClipAttrs>[] {
  const make = (name: string, shapes: readonly Shape[], maxNorm: number, large = false) => ({
    name,
    inputs: shapes.map((shape) => f32(...shape)),
    attrs: { maxNorm },
    large,
  });
  return [
    make("one scalar", [[]], 0.01),
    make("nothing to clip", [[3, 5]], 1e4),
    make("an empty tensor among others", [[0, 3], [2, 2]], 0.5),
    make("padded rows", [[3, 5, 7], [9], [2, 1]], 5),
    make("exactly one batch", Array(BATCH).fill([5, 6]), 5),
    make("above one batch", Array(BATCH + 1).fill([5, 6]), 5),
    make("above what one dispatch binds", Array(9).fill([[5, 6], [3], [70, 4], [], [1, 9]]).flat(), 5),
    make("below a workgroup's share", [[511, 4]], 5, true),
    make("above a workgroup's share", [[513, 4]], 5, true),
    make(
      "batches of several workgroups in one dispatch",
      [[1500, 4], ...Array(9).fill([3, 5]), [1025, 4]],
      5,
      true,
    ),
    make("more than 256 workgroups' share", [[256 * 513, 4], [3], [70_000, 4]], 5, true),
  ];
}

/**
 * The norm of all tensors taken as one vector, and min(1, maxNorm / (norm + 1e-6)), both [].
 *
 * @throws {RangeError} If there are no tensors or `maxNorm` is not above 0.
 */
export function clipFactor(tensors: readonly Value[], maxNorm: number): { factor: Tensor; norm: Tensor } {
  if (!(maxNorm > 0 && maxNorm < Infinity)) {
    throw new RangeError(
      `Cannot clip gradients: the largest norm must be finite and above 0, got ${maxNorm}`,
    );
  }
  const [factor, norm] = record(clipFactorOp, tensors, { maxNorm });
  return { factor, norm };
}
