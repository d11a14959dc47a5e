/** Accepts or rejects the Square Attack's proposals. */

import { record } from "../../engine/graph/graph.ts";
import type { OpDef } from "../../engine/graph/op.ts";
import { splitGrid } from "../../engine/device/pipeline_cache.ts";
import { f32, formatShape, sameShape, sizeOf, u32, vec4Count } from "../../engine/arrays/shape.ts";
import type { Value, Variable } from "../../engine/graph/tensor.ts";
import { fillTemplate } from "../../engine/wgsl/template.ts";
import finiteSource from "../../engine/wgsl/finite.wgsl" with { type: "text" };
import slotSource from "../slots/slot.wgsl" with { type: "text" };
import { STATUS } from "../slots/slot_attack.ts";
import source from "./accept.wgsl" with { type: "text" };

/** Length of the attack. */
export interface AcceptAttrs {
  readonly [key: string]: unknown;
  /** Proposals of a run after its start image. */
  readonly queries: number;
  readonly runs: number;
}

/** Inputs: best [B, H, W, C], score [B, 1], slot [B, 4], updated in place; proposal [B, H, W, C], margins [B, 1]. */
export const squareAcceptOp: OpDef<AcceptAttrs> = {
  name: "square_accept",
  shape: ([best, score, slot, proposal, margins]) => {
    const [B] = best.shape;
    const fits = sameShape(best.shape, proposal.shape) && sameShape(score.shape, [B, 1]) &&
      sameShape(slot.shape, [B, 4]) && sameShape(margins.shape, [B, 1]);
    if (!fits) {
      const found = [best, score, slot, proposal, margins].map(({ shape }) => formatShape(shape));
      throw new RangeError(
        "Cannot accept proposals: expected best [B, …], score [B, 1], slot [B, 4], proposal as best and margins [B, 1], " +
          `got ${found.join(", ")}`,
      );
    }
    return [];
  },
  lower: ({ inputs: [best, score, slot, proposal, margins], attrs: { queries, runs } }) => {
    const { shape } = best.spec;
    const consts = { B: shape[0], PIXELS: vec4Count(shape.slice(1)), QUERIES: queries, RUNS: runs };
    return [{
      label: "square_accept",
      source: fillTemplate(source, { consts, include: [slotSource, finiteSource] }),
      bindings: [
        ...[best, score, slot].map((operand) => ({ operand, kind: "read_write" as const })),
        ...[proposal, margins].map((operand) => ({ operand, kind: "read" as const })),
      ],
      workgroups: splitGrid(shape[0]),
      leading: true,
    }];
  },
  backward: null,
  mutates: [0, 1, 2],
  reference: ([best, score, slot, proposal, margins], { queries, runs }) => {
    const [B] = best.shape, size = sizeOf(best.shape) / B;
    for (let b = 0; b < B; b++) {
      const row = slot.data.subarray(4 * b, 4 * b + 4), margin = margins.data[b];
      if (row[0] !== STATUS.running) continue;
      const misclassified = margin <= 0 || !Number.isFinite(margin);
      if (row[2] === 0 || margin < score.data[b] || misclassified) {
        score.data[b] = margin;
        best.data.set(proposal.data.subarray(b * size, (b + 1) * size), b * size);
      }
      if (misclassified) row[0] = STATUS.misclassified;
      else if (row[2] < queries) row[2]++;
      else if (row[1] + 1 < runs) row.set([STATUS.running, row[1] + 1, 0, 0]);
      else row[0] = STATUS.robust;
    }
    return [];
  },
  flops: () => 0,
  // u32 below 3: every status, and clocks and runs up to the last.
  cases: [
    acceptCase("one pixel", [1, 1, 1, 1]),
    acceptCase("images", [40, 5, 3, 3]),
    acceptCase("more pixels than invocations", [9, 9, 11, 4]),
    acceptCase("more examples than invocations", [70, 2, 2, 1]),
    acceptCase("empty batch", [0, 4, 4, 3]),
  ],
};

function acceptCase(name: string, shape: readonly [number, ...number[]]) {
  const images = f32(...shape), column = f32(shape[0], 1);
  const inputs = [images, column, u32(shape[0], 4), images, column];
  return { name, inputs, attrs: { queries: 2, runs: 2 }, below: 3 };
}

/** Variables that are updated in place. */
export interface AcceptState {
  /** Best images so far, [B, H, W, C]. */
  readonly best: Variable;
  /** Their margins, [B, 1]. */
  readonly score: Variable;
  /** Status, run and iteration, u32 [B, 4]. */
  readonly slot: Variable;
}

/** Proposals and their margins. */
export interface AcceptInputs {
  /** [B, H, W, C]. */
  readonly proposal: Value;
  /** Of the proposals, [B, 1]. */
  readonly margins: Value;
}

/**
 * Accepts the proposals of running slots that lower the margin (see attacks/losses/margin.ts), and advances the slots.
 *
 * A start image (iteration 0) is always accepted. A slot whose margin is at most 0 or not finite ends as misclassified, a
 * slot after its last run as robust; both keep run and iteration. Source: Andriushchenko et al. 2020, https://arxiv.org/abs/1912.00049,
 * algorithm 1, with the margin loss.
 *
 * @throws {RangeError} If the shapes do not fit together.
 */
export function squareAccept(state: AcceptState, options: AcceptInputs & AcceptAttrs): void {
  const { best, score, slot } = state, { proposal, margins, queries, runs } = options;
  record(squareAcceptOp, [best, score, slot, proposal, margins], { queries, runs });
}
