/** Proposals of the Square Attack in Linf. */

import { record } from "../../engine/graph/graph.ts";
import type { OpDef } from "../../engine/graph/op.ts";
import { wgslFloat } from "../../engine/ops/elementwise.ts";
import { splitGrid } from "../../engine/device/pipeline_cache.ts";
import { philox4x32 } from "../../common/random.ts";
import { f32, u32 } from "../../engine/arrays/shape.ts";
import type { Tensor } from "../../engine/graph/tensor.ts";
import philoxSource from "../../engine/wgsl/philox.wgsl" with { type: "text" };
import { fillTemplate } from "../../engine/wgsl/template.ts";
import {
  checkProposal,
  cornerBelow,
  levelConsts,
  type ProposeAttrs,
  type ProposeInputs,
  sideAt,
  signOf,
} from "./proposal.ts";
import source from "./propose_linf.wgsl" with { type: "text" };

/** proposal [B, H, W, C]. Inputs: origin, best, slot, examples. */
export const squareProposeLinfOp: OpDef<ProposeAttrs> = {
  name: "square_propose_linf",
  shape: (inputs, attrs) => {
    checkProposal(inputs, attrs);
    return [f32(...inputs[0].shape)];
  },
  lower: ({ inputs: [origin, best, slot, examples], outputs: [out], attrs }) => {
    const [B, H, W, C] = origin.spec.shape, { levels, iterations, key, eps } = attrs;
    return [{
      label: "square_propose_linf",
      source: fillTemplate(source, {
        consts: { B, H, W, C, ITERATIONS: iterations, KEY0: key[0], KEY1: key[1], ...levelConsts(levels) },
        text: { EPS: wgslFloat(eps) },
        include: [philoxSource],
      }),
      bindings: [
        ...[origin, best, slot, examples].map((operand) => ({ operand, kind: "read" as const })),
        { operand: out, kind: "read_write" },
      ],
      workgroups: splitGrid(Math.ceil(B * H * W / 64)),
      leading: true,
    }];
  },
  backward: null,
  reference: ([origin, best, slot, examples], { levels, iterations, key, eps }, [out]) => {
    const [B, H, W, C] = out.shape;
    const data = new Float64Array(origin.data.length);
    const clip = (v: number, low: number, high: number) => Math.min(Math.max(v, low), high);
    for (let b = 0; b < B; b++) {
      const [, run, iteration] = slot.data.subarray(4 * b, 4 * b + 4);
      const draw = (block: number) =>
        philox4x32([examples.data[b], (run * iterations + iteration) % 2 ** 32, block, 0], key);
      const index = (i: number, j: number, c: number) => ((b * H + i) * W + j) * C + c;
      if (iteration === 0) {
        for (let j = 0; j < W; j++) {
          const stripe = draw(j)[2];
          for (let i = 0; i < H; i++) {
            for (let c = 0; c < C; c++) {
              const at = index(i, j, c);
              data[at] = clip(origin.data[at] + eps * signOf(stripe, c), 0, 1);
            }
          }
        }
        continue;
      }
      const s = sideAt(levels, iteration - 1), words = draw(0);
      const top = cornerBelow(words[0], H - s), left = cornerBelow(words[1], W - s);
      const moved = best.data.slice();
      for (let i = top; i < top + s; i++) {
        for (let j = left; j < left + s; j++) {
          for (let c = 0; c < C; c++) moved[index(i, j, c)] += 2 * eps * signOf(words[2], c);
        }
      }
      for (let at = index(0, 0, 0); at < index(H, 0, 0); at++) {
        data[at] = clip(clip(moved[at], origin.data[at] - eps, origin.data[at] + eps), 0, 1);
      }
    }
    return [{ shape: out.shape, data }];
  },
  flops: () => 0,
  cases: linfCases(),
};

/**
 * Start images and proposals of the Square Attack in Linf, for slots at different iterations.
 *
 * Clock 0: vertical stripes, origin + eps * sign, one sign per column and channel. Clock i + 1: the best image + 2 eps *
 * sign in a window at a random place, one sign per channel, clipped to eps around the origin. Both clipped to [0, 1].
 *
 * Source: Andriushchenko et al. 2020, https://arxiv.org/abs/1912.00049, algorithms 1 and 2. The corner is
 * floor(uniform * (height - side)), as in the official AutoAttack, so that the last place never occurs. Departure:
 * places and signs are an example's own, keyed by its number, run and iteration; the official code shares them in a batch.
 *
 * @returns [B, H, W, C].
 * @throws {RangeError} If the shapes do not fit together, or there are more than 4 channels.
 */
export function squareProposeLinf(inputs: ProposeInputs, attrs: ProposeAttrs): Tensor {
  const { origin, best, slot, examples } = inputs;
  return record(squareProposeLinfOp, [origin, best, slot, examples], attrs)[0];
}

function linfCases(): OpDef<ProposeAttrs>["cases"] {
  const make = (name: string, [b, h, w, c]: readonly number[], sides: readonly number[], eps = 0.4) => ({
    name,
    inputs: [f32(b, h, w, c), f32(b, h, w, c), u32(b, 4), u32(b)],
    attrs: {
      eps,
      levels: sides.map((side, k) => ({ from: 2 * k, side })),
      iterations: 7,
      key: [5, 6] as const,
    },
    below: 8,
  });
  return [
    make("one pixel", [3, 1, 1, 1], [1]),
    make("square images", [9, 8, 8, 3], [7, 5, 3, 1]),
    make("wide images, four channels", [7, 3, 11, 4], [3, 2, 1], 0.1),
    make("high images, two channels", [5, 13, 4, 2], [4, 2]),
    make("empty batch", [0, 4, 4, 3], [2]),
  ];
}
