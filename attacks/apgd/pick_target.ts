/** The target class of each slot's run. */

import { record } from "../../engine/graph/graph.ts";
import type { OpDef } from "../../engine/graph/op.ts";
import { splitGrid } from "../../engine/device/pipeline_cache.ts";
import { rowVec4s, u32 } from "../../engine/arrays/shape.ts";
import type { Tensor, Value } from "../../engine/graph/tensor.ts";
import { fillTemplate } from "../../engine/wgsl/template.ts";
import source from "./pick_target.wgsl" with { type: "text" };

interface PickTargetAttrs {
  readonly [key: string]: unknown;
  /** Runs for each target. */
  readonly restarts: number;
}

/** out u32 [B]. Inputs: slot [B, 4], targets [B, T]. */
export const pickTargetOp: OpDef<PickTargetAttrs> = {
  name: "pick_target",
  shape: ([slot]) => [u32(slot.shape[0])],
  lower: ({ inputs: [slot, targets], outputs: [out], attrs: { restarts } }) => {
    const [B, T] = targets.spec.shape, PADDED = 4 * rowVec4s(out.spec.shape);
    return [{
      label: "pick_target",
      source: fillTemplate(source, {
        consts: { B, T, ROW: 4 * rowVec4s(targets.spec.shape), RESTARTS: restarts, PADDED },
      }),
      bindings: [
        { operand: slot, kind: "read" },
        { operand: targets, kind: "read" },
        { operand: out, kind: "read_write" },
      ],
      workgroups: splitGrid(Math.ceil(PADDED / 64)),
      leading: true,
    }];
  },
  backward: null,
  reference: ([slot, targets], { restarts }, [out]) => {
    const [B, T] = targets.shape;
    const data = Float64Array.from({ length: B }, (_, b) => {
      return targets.data[b * T + Math.min(Math.floor(slot.data[4 * b + 1] / restarts), T - 1)];
    });
    return [{ shape: out.shape, data }];
  },
  flops: () => 0,
  cases: [
    { name: "one", inputs: [u32(1, 4), u32(1, 1)], attrs: { restarts: 1 } },
    { name: "nine targets", inputs: [u32(67, 4), u32(67, 9)], attrs: { restarts: 1 }, below: 12 },
    { name: "four targets, restarts", inputs: [u32(70, 4), u32(70, 4)], attrs: { restarts: 2 }, below: 9 },
  ],
};

/**
 * The target class of each slot's run: the next of its targets after every `restarts` runs.
 *
 * @param slot u32 [B, 4]: status, run, iteration, 0.
 * @param targets u32 [B, T].
 * @returns u32 [B].
 */
export function pickTarget(slot: Value, targets: Value, { restarts }: { restarts: number }): Tensor {
  return record(pickTargetOp, [slot, targets], { restarts })[0];
}
