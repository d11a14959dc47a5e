/** What becomes of the Square Attack's proposals. */

import { record } from "../../engine/graph.ts";
import type { OpDef } from "../../engine/op.ts";
import { splitGrid } from "../../engine/pipeline_cache.ts";
import { f32, formatShape, rowVec4s, sameShape, sizeOf, u32, vec4Count } from "../../engine/shape.ts";
import type { Value, Variable } from "../../engine/tensor.ts";
import { fillTemplate } from "../../engine/wgsl_template.ts";
import slotSource from "../slots/slot.wgsl" with { type: "text" };
import { STATUS } from "../slots/slot_attack.ts";
import source from "./accept.wgsl" with { type: "text" };

/** How long the attack is. */
export interface AcceptAttrs {
  readonly [key: string]: unknown;
  /** Proposals of a run after its start image. */
  readonly queries: number;
  readonly runs: number;
}

/** In place. Inputs: best [B, H, W, C], score [B, 1], slot [B, 4], proposal, logits [B, K], labels [B]. */
export const squareAcceptOp: OpDef<AcceptAttrs> = {
  name: "square_accept",
  shape: ([best, score, slot, proposal, logits, labels]) => {
    const [B] = best.shape, K = logits.shape[1];
    const fits = sameShape(best.shape, proposal.shape) && sameShape(score.shape, [B, 1]) &&
      sameShape(slot.shape, [B, 4]) && sameShape(labels.shape, [B]) &&
      sameShape(logits.shape, [B, K]) && K >= 2;
    if (!fits) {
      const found = [best, score, slot, proposal, logits, labels].map(({ shape }) => formatShape(shape));
      throw new RangeError(
        "Cannot judge proposals: expected best [B, …], score [B, 1], slot [B, 4], proposal as best, logits [B, K] of " +
          `at least 2 classes and labels [B], got ${found.join(", ")}`,
      );
    }
    return [];
  },
  lower: ({ inputs: [best, score, slot, proposal, logits, labels], attrs: { queries, runs } }) => {
    const [B, K] = logits.spec.shape;
    const consts = {
      B,
      K,
      K4: rowVec4s([K]),
      PIXELS: vec4Count(best.spec.shape.slice(1)),
      QUERIES: queries,
      RUNS: runs,
    };
    return [{
      label: "square_accept",
      source: fillTemplate(source, { consts, include: [slotSource] }),
      bindings: [
        ...[best, score, slot].map((operand) => ({ operand, kind: "read_write" as const })),
        ...[proposal, logits, labels].map((operand) => ({ operand, kind: "read" as const })),
      ],
      workgroups: splitGrid(B),
      leading: true,
    }];
  },
  backward: null,
  mutates: [0, 1, 2],
  reference: ([best, score, slot, proposal, logits, labels], { queries, runs }) => {
    const [B, K] = logits.shape, size = sizeOf(best.shape) / B;
    for (let b = 0; b < B; b++) {
      const row = slot.data.subarray(4 * b, 4 * b + 4);
      if (row[0] !== STATUS.running) continue;
      const z = [...logits.data.subarray(b * K, (b + 1) * K)];
      const [own] = z.splice(labels.data[b], 1);
      const margin = own - Math.max(...z);
      if (row[2] === 0 || margin < score.data[b] || margin <= 0) {
        score.data[b] = margin;
        best.data.set(proposal.data.subarray(b * size, (b + 1) * size), b * size);
      }
      if (margin <= 0) row[0] = STATUS.fooled;
      else if (row[2] < queries) row[2]++;
      else if (row[1] + 1 < runs) row.set([STATUS.running, row[1] + 1, 0, 0]);
      else row[0] = STATUS.withstood;
    }
    return [];
  },
  flops: () => 0,
  // u32 below 3: every status, and clocks and runs up to the last.
  cases: [
    ["one pixel, two classes", [1, 1, 1, 1], 2],
    ["images", [40, 5, 3, 3], 10],
    ["more pixels than invocations", [9, 9, 11, 4], 5],
    ["more examples than invocations", [70, 2, 2, 1], 4],
    ["empty batch", [0, 4, 4, 3], 10],
  ].map(([name, shape, classes]) => {
    const [[b, ...image], k] = [shape as number[], classes as number];
    return {
      name: name as string,
      attrs: { queries: 2, runs: 2 },
      inputs: [f32(b, ...image), f32(b, 1), u32(b, 4), f32(b, ...image), f32(b, k), u32(b)],
      below: Math.min(3, k),
    };
  }),
};

/** What is changed in place. */
export interface AcceptState {
  /** Best images so far, [B, H, W, C]. */
  readonly best: Variable;
  /** Their margins, [B, 1]. */
  readonly score: Variable;
  /** Status, run and clock, u32 [B, 4]. */
  readonly slot: Variable;
}

/** What is judged. */
export interface AcceptInputs extends AcceptAttrs {
  /** [B, H, W, C]. */
  readonly proposal: Value;
  /** Of the proposals, [B, K]. */
  readonly logits: Value;
  /** True classes, u32 [B], below K. */
  readonly labels: Value;
}

/**
 * Takes the proposals of running slots that lower the margin, and moves their clocks on.
 *
 * margin = z_y - max over j != y of z_j. A start image (clock 0) is always taken. A slot whose margin is at most 0 is
 * fooled and keeps its run and clock, as does one that has withstood its last run. Source: Andriushchenko et al. 2020,
 * https://arxiv.org/abs/1912.00049, algorithm 1, with the margin loss.
 *
 * @throws {RangeError} If the shapes do not fit together, or there are fewer than 2 classes.
 */
export function squareAccept({ best, score, slot }: AcceptState, inputs: AcceptInputs): void {
  const { proposal, logits, labels, queries, runs } = inputs;
  record(squareAcceptOp, [best, score, slot, proposal, logits, labels], { queries, runs });
}
