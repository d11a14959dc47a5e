/** Proposals of the Square Attack in L2. */

import { record } from "../../engine/graph/graph.ts";
import type { OpDef } from "../../engine/graph/op.ts";
import { wgslFloat } from "../../engine/ops/elementwise.ts";
import { splitGrid } from "../../engine/device/pipeline_cache.ts";
import { f32, formatShape, u32 } from "../../engine/arrays/shape.ts";
import type { Tensor, Value } from "../../engine/graph/tensor.ts";
import philoxSource from "../../engine/wgsl/philox.wgsl" with { type: "text" };
import { fillTemplate } from "../../engine/wgsl/template.ts";
import { eta } from "./eta.ts";
import { proposeL2Reference } from "./propose_l2_reference.ts";
import source from "./propose_l2.wgsl" with { type: "text" };
import { checkProposal, levelConsts, type ProposeAttrs, type ProposeInputs } from "./proposal.ts";
import type { Level } from "./schedule.ts";
import { tiling } from "./tiling.ts";

/** proposal [B, H, W, C]. Inputs: origin, best, slot, examples, patterns. */
export const squareProposeL2Op: OpDef<ProposeAttrs> = {
  name: "square_propose_l2",
  shape: (inputs, attrs) => {
    checkProposal(inputs, attrs);
    const [{ shape: [, height, width] }, , , , { shape }] = inputs;
    const expected = patternStarts({ height, width, levels: attrs.levels }).total;
    if (shape.length !== 1 || shape[0] !== expected) {
      throw new RangeError(
        `Cannot propose images: expected patterns of [${expected}], got ${formatShape(shape)}`,
      );
    }
    return [f32(...inputs[0].shape)];
  },
  lower: ({ inputs, outputs: [out], attrs: { levels, iterations, key, eps } }) => {
    const [B, H, W, C] = out.spec.shape;
    const { side: TILE, down: DOWN, across: ACROSS, top: TOP, left: LEFT } = tiling(H, W);
    const { starts } = patternStarts({ height: H, width: W, levels });
    return [{
      label: "square_propose_l2",
      source: fillTemplate(source, {
        consts: {
          ...{ B, H, W, C, TILE, DOWN, ACROSS, TOP, LEFT },
          ...{ ITERATIONS: iterations, KEY0: key[0], KEY1: key[1] },
          ...levelConsts(levels),
          ...Object.fromEntries(starts.map((at, k) => [`AT${k}`, at])),
        },
        text: { EPS: wgslFloat(eps), EPS_SQUARED: wgslFloat(eps * eps) },
        include: [philoxSource],
      }),
      bindings: [
        ...inputs.map((operand) => ({ operand, kind: "read" as const })),
        { operand: out, kind: "read_write" },
      ],
      workgroups: splitGrid(B),
      leading: true,
    }];
  },
  backward: null,
  reference: proposeL2Reference,
  flops: () => 0,
  cases: l2Cases(),
};

/**
 * Start images and proposals of the Square Attack in L2, for slots at different iterations.
 *
 * Clock 0: tiles of patterns, a sign per tile and channel, scaled to norm eps. Clock i + 1: two windows W1 and W2 at random
 * places; per channel, W1 of d = best - origin becomes its old direction plus a pattern of random sign, as long as the
 * norm that W1 and W2 had, and a share of what d lacks to eps, allow; the rest of W2 becomes 0. d is then scaled to norm
 * eps. Both clipped to [0, 1]. A random bit for each pattern decides whether it is transposed.
 *
 * Source: Andriushchenko et al. 2020, https://arxiv.org/abs/1912.00049, algorithms 1 and 3, as computed by the official
 * AutoAttack; places as in {@linkcode squareProposeLinf}. Departures: places, signs and
 * transpositions are an example's own, where the official code shares places and transpositions in a batch;
 * {@linkcode tiling} lists those of the tiles.
 *
 * @param inputs With `patterns`, {@linkcode squarePatterns} of the same levels.
 * @returns [B, H, W, C].
 * @throws {RangeError} If the shapes do not fit together, or there are more than 4 channels.
 */
export function squareProposeL2(inputs: ProposeInputs & { patterns: Value }, attrs: ProposeAttrs): Tensor {
  const { origin, best, slot, examples, patterns } = inputs;
  return record(squareProposeL2Op, [origin, best, slot, examples, patterns], attrs)[0];
}

/** Parameters of an attack's patterns. */
export interface PatternOptions {
  readonly height: number;
  readonly width: number;
  readonly levels: readonly Level[];
}

/** The pattern of the tile, then those of the levels, each row-major. */
export function squarePatterns({ height, width, levels }: PatternOptions): Float32Array<ArrayBuffer> {
  const sides = [tiling(height, width).side, ...levels.map(({ side }) => side)];
  return Float32Array.from(sides.flatMap((side) => [...eta(side)]));
}

/** Offsets of the levels' patterns, and the total length. */
function patternStarts({ height, width, levels }: PatternOptions): { starts: number[]; total: number } {
  let total = tiling(height, width).side ** 2;
  const starts = levels.map(({ side }) => {
    total += side * side;
    return total - side * side;
  });
  return { starts, total };
}

function l2Cases(): OpDef<ProposeAttrs>["cases"] {
  const make = (name: string, shape: readonly number[], { sides, eps }: { sides: number[]; eps: number }) => {
    const [b, height, width] = shape;
    const levels = sides.map((side, k) => ({ from: 2 * k, side }));
    const { total } = patternStarts({ height, width, levels });
    return {
      name,
      inputs: [f32(...shape), f32(...shape), u32(b, 4), u32(b), f32(total)],
      attrs: { eps, levels, iterations: 7, key: [5, 6] as const },
      below: 8,
    };
  };
  return [
    make("one pixel", [3, 1, 1, 1], { sides: [1], eps: 0.5 }),
    make("square images", [9, 8, 8, 3], { sides: [7, 5, 3], eps: 0.5 }),
    make("room up to eps", [9, 8, 8, 3], { sides: [5, 3], eps: 40 }),
    make("wide images, four channels", [7, 5, 13, 4], { sides: [5, 3], eps: 15 }),
    make("high images, two channels", [5, 23, 11, 2], { sides: [11, 5, 3], eps: 0.7 }),
    make("empty batch", [0, 4, 4, 3], { sides: [3], eps: 0.5 }),
  ];
}
