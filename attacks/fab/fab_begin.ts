/** The start of a run of FAB. */

import { record } from "../../engine/graph/graph.ts";
import type { OpDef } from "../../engine/graph/op.ts";
import { wgslFloat } from "../../engine/ops/elementwise.ts";
import type { Norm } from "../../engine/ops/example_norm.ts";
import { splitGrid } from "../../engine/device/pipeline_cache.ts";
import { normal2, philox4x32, type U32x2, uniform01 } from "../../common/random.ts";
import { f32, lastDim, rowVec4s, sizeOf, u32 } from "../../engine/arrays/shape.ts";
import type { Value, Variable } from "../../engine/graph/tensor.ts";
import { fillTemplate } from "../../engine/wgsl/template.ts";
import philoxSource from "../../engine/wgsl/philox.wgsl" with { type: "text" };
import magnitudeSource from "../../engine/wgsl/magnitude.wgsl" with { type: "text" };
import slotSource from "../slots/slot.wgsl" with { type: "text" };
import { STATUS } from "../slots/slot_attack.ts";
import reduceSource from "./_reduce.wgsl" with { type: "text" };
import source from "./fab_begin.wgsl" with { type: "text" };
import { exampleVec4s } from "./fab_step.ts";
import { sizeIn } from "./projection.ts";

/** The score of an example before its first misclassified image. */
export const NO_NORM = 1e10;

/** Settings of a start. */
export interface FabBeginAttrs {
  readonly [key: string]: unknown;
  readonly norm: Norm;
  /** Runs for each target. */
  readonly restarts: number;
  /** Twice the distance of random starts, unless a smaller norm is known. */
  readonly radius: number;
  readonly key: U32x2;
}

/**
 * Inputs: origin [B, H, W, C], slot [B, 4], examples [B]; images, image [B, H, W, C] and score [B, 1], updated in place;
 * optional targets [B, T], and target [B], updated in place.
 */
export const fabBeginOp: OpDef<FabBeginAttrs> = {
  name: "fab_begin",
  shape: () => [],
  lower: ({ inputs, attrs: { norm, restarts, radius, key } }) => {
    const shape = inputs[0].spec.shape, B = shape[0], ROW = rowVec4s(shape);
    const changed = changedInputs(inputs.length);
    return [{
      label: "fab_begin",
      source: fillTemplate(source, {
        include: [slotSource, philoxSource, magnitudeSource, reduceSource],
        consts: {
          B,
          INNER: exampleVec4s(shape),
          ROW,
          LANES: lastDim(shape) - 4 * (ROW - 1),
          LINF: norm === "Linf" ? 1 : 0,
          RESTARTS: restarts,
          KEY0: key[0],
          KEY1: key[1],
          TARGETED: inputs.length > 6 ? 1 : 0,
          TARGET_ROW: inputs.length > 6 ? 4 * rowVec4s(inputs[6].spec.shape) : 0,
        },
        text: { RADIUS: wgslFloat(radius) },
      }),
      bindings: inputs.map((operand, i) => ({ operand, kind: changed.includes(i) ? "read_write" : "read" })),
      workgroups: splitGrid(B),
      leading: true,
    }];
  },
  backward: null,
  reference: ([origin, slot, examples, images, image, score, targets, target], attrs) => {
    const { norm, restarts, radius, key } = attrs;
    const size = sizeOf(origin.shape.slice(1)), channels = lastDim(origin.shape);
    for (let b = 0; b < origin.shape[0]; b++) {
      const [status, run, iteration] = slot.data.subarray(4 * b);
      if (status !== STATUS.running || iteration !== 0) continue;
      const own = origin.data.subarray(b * size, (b + 1) * size);
      if (target !== undefined) {
        target.data[b] = targets.data[b * targets.shape[1] + Math.floor(run / restarts)];
      }
      if (run === 0) {
        image.data.set(own, b * size);
        score.data[b] = NO_NORM;
      }
      const u = drawStart(size, { channels, norm, key, example: examples.data[b], run });
      const length = 0.5 * Math.min(radius, score.data[b]) / Math.max(sizeIn(norm, u), 1e-12);
      const scale = run % restarts === 0 ? 0 : length;
      images.data.set(
        own.map((v, i) => scale === 0 ? v : Math.min(Math.max(v + scale * u[i], 0), 1)),
        b * size,
      );
    }
    return [];
  },
  mutates: changedInputs,
  flops: () => 0,
  cases: (["Linf", "L2"] as const).flatMap((norm) => [
    ...[
      { name: "one pixel", b: 1, shape: [1, 1, 1], targets: 1 },
      { name: "images", b: 9, shape: [5, 3, 3], targets: 9 },
      { name: "above a workgroup", b: 12, shape: [9, 13, 3], targets: 2 },
      { name: "many examples, wide rows", b: 130, shape: [2, 7], targets: 4 },
    ].map(({ name, b, shape, targets }) => ({
      name: `${norm}, ${name}`,
      inputs: [
        ...[f32(b, ...shape), u32(b, 4), u32(b), f32(b, ...shape), f32(b, ...shape), f32(b, 1)],
        ...[u32(b, targets), u32(b)],
      ],
      attrs: { norm, restarts: 2, radius: 0.3, key: [5, 6] as const },
      below: 2,
      positive: true,
    })),
    {
      name: `${norm}, no targets`,
      inputs: [f32(70, 3), u32(70, 4), u32(70), f32(70, 3), f32(70, 3), f32(70, 1)],
      attrs: { norm, restarts: 1, radius: 0.3, key: [7, 8] as const },
      below: 2,
    },
  ]),
};

function changedInputs(inputs: number): readonly number[] {
  return inputs > 6 ? [3, 4, 5, 7] : [3, 4, 5];
}

/** The direction of a random start: block k of the example at step `run` gives the lanes of vec4 k. */
function drawStart(
  size: number,
  { channels, norm, key, example, run }: {
    channels: number;
    norm: Norm;
    key: U32x2;
    example: number;
    run: number;
  },
): number[] {
  const row = Math.ceil(channels / 4);
  return Array.from({ length: size }, (_, i) => {
    const lane = i % channels % 4;
    const k = Math.floor(i / channels) * row + Math.floor(i % channels / 4);
    const bits = philox4x32([example, run, k, 0], key);
    if (norm === "Linf") return 2 * uniform01(bits[lane]) - 1;
    return (lane < 2 ? normal2(bits[0], bits[1]) : normal2(bits[2], bits[3]))[lane % 2];
  });
}

/** The variables of a start. */
export interface FabBeginOptions extends FabBeginAttrs {
  readonly origin: Value;
  readonly slot: Value;
  readonly examples: Value;
  /** The best image so far, [B, H, W, C], and its norm, [B, 1]; updated in place. */
  readonly image: Variable;
  readonly score: Variable;
  /** Target classes, [B, T], and that of the run, [B], updated in place. Default: untargeted. */
  readonly goal?: { readonly targets: Value; readonly target: Variable };
}

/**
 * Starts a run in each running slot at iteration 0: at the clean image, or, from the second restart on, at a random point
 * around it. The first run also resets the best image.
 *
 * @param images Current images of the runs, [B, H, W, C]; updated in place.
 */
export function fabBegin(images: Variable, options: FabBeginOptions): void {
  const { origin, slot, examples, image, score, goal, norm, restarts, radius, key } = options;
  record(
    fabBeginOp,
    [origin, slot, examples, images, image, score, ...(goal ? [goal.targets, goal.target] : [])],
    { norm, restarts, radius, key },
  );
}
