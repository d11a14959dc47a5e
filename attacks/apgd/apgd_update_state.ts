/** The bookkeeping of Auto-PGD: best loss, step size, checkpoints and the slot's iteration. */

import { record } from "../../engine/graph/graph.ts";
import type { OpDef } from "../../engine/graph/op.ts";
import { wgslFloat } from "../../engine/ops/elementwise.ts";
import { splitGrid } from "../../engine/device/pipeline_cache.ts";
import { f32, type Spec, u32 } from "../../engine/arrays/shape.ts";
import type { Tensor, Value, Variable } from "../../engine/graph/tensor.ts";
import { fillTemplate } from "../../engine/wgsl/template.ts";
import finiteSource from "../../engine/wgsl/finite.wgsl" with { type: "text" };
import slotSource from "../slots/slot.wgsl" with { type: "text" };
import { STATUS } from "../slots/slot_attack.ts";
import source from "./apgd_update_state.wgsl" with { type: "text" };

/** Settings of the bookkeeping. */
export interface ApgdUpdateStateAttrs {
  readonly [key: string]: unknown;
  readonly goal: "fool" | "maximise";
  readonly eps: number;
  /** Iterations of a run. */
  readonly iterations: number;
  /** Runs of an example: restarts times targets. */
  readonly runs: number;
  /** Share of iterations that have to increase the loss, or the step is halved. */
  readonly rho: number;
  /** What the first iteration's loss is compared with when increases are counted; null: it counts as one. */
  readonly before: number | null;
}

/** Below every loss. */
const LOWEST = -3e38;

/**
 * When the walk is checked: after `first` iterations, then after `decrease` fewer each time, but at least `min`.
 * For 100 iterations that is after 22, 41, 57, 70, 80, 87, 93 and 99.
 */
export function checkIntervals(iterations: number): { first: number; min: number; decrease: number } {
  const share = (part: number) => Math.max(Math.floor(part * iterations), 1);
  return { first: share(0.22), min: share(0.06), decrease: share(0.03) };
}

/**
 * out u32 [B, 4]: ran, keep as best, go back to the best, best of all runs. Inputs: loss, right [B, 1], progress
 * [B, 8], slot [B, 4], score [B, 1]; the last three are changed in place.
 */
export const apgdUpdateStateOp: OpDef<ApgdUpdateStateAttrs> = {
  name: "apgd_update_state",
  shape: ([loss]) => [u32(loss.shape[0], 4)],
  lower: ({ inputs, outputs: [out], attrs: { goal, eps, iterations, runs, rho, before } }) => {
    const B = out.spec.shape[0], { first, min, decrease } = checkIntervals(iterations);
    return [{
      label: "apgd_update_state",
      source: fillTemplate(source, {
        consts: {
          B,
          ITERATIONS: iterations,
          RUNS: runs,
          FOOL: goal === "fool" ? 1 : 0,
          FIRST: first,
          MIN_INTERVAL: min,
          DECREASE: decrease,
        },
        text: { EPS: wgslFloat(eps), RHO: wgslFloat(rho), BEFORE: wgslFloat(before ?? LOWEST) },
        include: [slotSource, finiteSource],
      }),
      bindings: [
        ...inputs.map((operand, i) => ({
          operand,
          kind: i < 2 ? "read" as const : "read_write" as const,
        })),
        { operand: out, kind: "read_write" },
      ],
      workgroups: splitGrid(Math.ceil(B / 64)),
      leading: true,
    }];
  },
  backward: null,
  mutates: [2, 3, 4],
  reference: ([loss, right, progress, slot, score], attrs, [out]) => {
    const actions = new Float64Array(4 * out.shape[0]);
    for (let b = 0; b < out.shape[0]; b++) {
      const place = slot.data.subarray(4 * b, 4 * b + 4);
      if (place[0] !== STATUS.running) continue;
      const now = loss.data[b], misclassified = attrs.goal === "fool" && right.data[b] < 0.5;
      const overall = place[1] + place[2] === 0 || isBetter(now, score.data[b]);
      const book = progress.data.subarray(8 * b, 8 * b + 8);
      const { keep, back } = place[2] === 0 ? startState(book, now, attrs) : updateState(book, now, attrs);
      if (attrs.goal === "fool") score.data[b] = misclassified ? now : book[1];
      else if (overall) score.data[b] = now;
      if (misclassified) place[0] = STATUS.misclassified;
      else if (place[2] < attrs.iterations) place[2]++;
      else if (place[1] + 1 < attrs.runs) place.set([place[1] + 1, 0], 1);
      else place[0] = STATUS.robust;
      actions.set([1, keep || misclassified ? 1 : 0, back && !misclassified ? 1 : 0, overall ? 1 : 0], 4 * b);
    }
    return [{ shape: out.shape, data: actions }];
  },
  flops: () => 0,
  cases: (["fool", "maximise"] as const).flatMap((goal) => {
    const attrs = { goal, eps: 0.1, iterations: 2, runs: 2, rho: 0.75, before: goal === "fool" ? 0 : null };
    return [
      { name: `${goal}, one example`, inputs: stateInputs(1), attrs, below: 1 },
      { name: `${goal}, above a workgroup`, inputs: stateInputs(131), attrs, below: 3 },
      { name: `${goal}, long`, inputs: stateInputs(77), attrs: { ...attrs, iterations: 40 }, below: 3 },
    ];
  }),
};

function stateInputs(B: number): Spec[] {
  return [f32(B, 1), f32(B, 1), f32(B, 8), u32(B, 4), f32(B, 1)];
}

/** A number is better than none. */
function isBetter(now: number, known: number): boolean {
  return now > known || (Number.isFinite(now) && !Number.isFinite(known));
}

function startState(book: Float64Array, now: number, { eps, iterations, before }: ApgdUpdateStateAttrs) {
  book.set([2 * eps, now, now, before ?? LOWEST, 0, checkIntervals(iterations).first, 0, 1]);
  return { keep: true, back: false };
}

function updateState(book: Float64Array, now: number, { iterations, rho }: ApgdUpdateStateAttrs) {
  const keep = isBetter(now, book[1]);
  if (keep) book[1] = now;
  if (now > book[3]) book[4]++;
  book[3] = now;
  if (++book[6] < book[5]) return { keep, back: false };
  const back = book[4] <= rho * book[5] || (book[7] === 0 && book[2] >= book[1]);
  const { min, decrease } = checkIntervals(iterations);
  if (back) book[0] /= 2;
  book[2] = book[1];
  book.set([0, Math.max(book[5] - decrease, min), 0, back ? 1 : 0], 4);
  return { keep, back };
}

/** What the bookkeeping reads and changes, a row for each slot. */
export interface ApgdUpdateStateInputs {
  /** Loss of the new point, [B, 1]. */
  readonly loss: Value;
  /** 1 where the new point is classified as its label, [B, 1]; of no effect where the goal is not to fool. */
  readonly right: Value;
  readonly progress: Variable;
  readonly slot: Variable;
  readonly score: Variable;
}

/**
 * Records the bookkeeping of all running slots.
 *
 * @returns u32 [B, 4]: 1 where the slot ran; where the new point is to be kept as best; where the walk then goes back
 * to the best point; where the new point is the best of all runs.
 */
export function apgdUpdateState(values: ApgdUpdateStateInputs, attrs: ApgdUpdateStateAttrs): Tensor {
  const { loss, right, progress, slot, score } = values;
  return record(apgdUpdateStateOp, [loss, right, progress, slot, score], attrs)[0];
}
