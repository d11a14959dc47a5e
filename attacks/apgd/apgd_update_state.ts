/** Updates the state of Auto-PGD after an evaluation: best loss, step size, checkpoints, iteration of the slot. */

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

/** Settings of the update. */
export interface ApgdUpdateStateAttrs {
  readonly [key: string]: unknown;
  readonly goal: "fool" | "maximise";
  readonly eps: number;
  /** Iterations of a run. */
  readonly iterations: number;
  /** Runs of an example: restarts times targets. */
  readonly runs: number;
  /** Minimum share of iterations that increase the loss; below it the step is halved. */
  readonly rho: number;
  /** The first iteration's loss is compared with this when increases are counted; null: it counts as an increase. */
  readonly before: number | null;
}

/** Below every loss. */
const LOWEST = -3e38;

/**
 * Intervals between checkpoints of the step size: `first` iterations, then `decrease` fewer each time, but at least
 * `min`. For 100 iterations the checkpoints are 22, 41, 57, 70, 80, 87, 93 and 99.
 */
export function checkIntervals(iterations: number): { first: number; min: number; decrease: number } {
  const share = (part: number) => Math.max(Math.floor(part * iterations), 1);
  return { first: share(0.22), min: share(0.06), decrease: share(0.03) };
}

/**
 * out u32 [B, 4]: ran, best of the run, back to the best, best of all runs. Inputs: loss, right [B, 1], progress [B, 8],
 * slot [B, 4], score [B, 1]; the last three are updated in place.
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
      const row = progress.data.subarray(8 * b, 8 * b + 8);
      const { keep, back } = place[2] === 0 ? startState(row, now, attrs) : updateState(row, now, attrs);
      if (attrs.goal === "fool") score.data[b] = misclassified ? now : row[1];
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

/** Larger, or finite where the known one is not. */
function isBetter(now: number, known: number): boolean {
  return now > known || (Number.isFinite(now) && !Number.isFinite(known));
}

function startState(row: Float64Array, now: number, { eps, iterations, before }: ApgdUpdateStateAttrs) {
  row.set([2 * eps, now, now, before ?? LOWEST, 0, checkIntervals(iterations).first, 0, 1]);
  return { keep: true, back: false };
}

function updateState(row: Float64Array, now: number, { iterations, rho }: ApgdUpdateStateAttrs) {
  const keep = isBetter(now, row[1]);
  if (keep) row[1] = now;
  if (now > row[3]) row[4]++;
  row[3] = now;
  if (++row[6] < row[5]) return { keep, back: false };
  const back = row[4] <= rho * row[5] || (row[7] === 0 && row[2] >= row[1]);
  const { min, decrease } = checkIntervals(iterations);
  if (back) row[0] /= 2;
  row[2] = row[1];
  row.set([0, Math.max(row[5] - decrease, min), 0, back ? 1 : 0], 4);
  return { keep, back };
}

/** Inputs of the update, a row for each slot; the last three are updated in place. */
export interface ApgdUpdateStateInputs {
  /** Loss of the new point, [B, 1]. */
  readonly loss: Value;
  /** 1 where the new point is classified as its label, [B, 1]; ignored unless the goal is to fool. */
  readonly right: Value;
  readonly progress: Variable;
  readonly slot: Variable;
  readonly score: Variable;
}

/**
 * Records the update of all running slots.
 *
 * @returns u32 [B, 4], 1 where: the slot ran; the new point is the best of the run; the walk returns to the best point;
 * the new point is the best of all runs.
 */
export function apgdUpdateState(values: ApgdUpdateStateInputs, attrs: ApgdUpdateStateAttrs): Tensor {
  const { loss, right, progress, slot, score } = values;
  return record(apgdUpdateStateOp, [loss, right, progress, slot, score], attrs)[0];
}
