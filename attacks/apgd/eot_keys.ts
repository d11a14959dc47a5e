/** Keys of a randomised model's random numbers, fresh for each evaluation of a slot. */

import { record } from "../../engine/graph/graph.ts";
import type { OpDef } from "../../engine/graph/op.ts";
import { splitGrid } from "../../engine/device/pipeline_cache.ts";
import { philox4x32, type U32x2 } from "../../common/random.ts";
import { rowVec4s, u32 } from "../../engine/arrays/shape.ts";
import type { Tensor, Value } from "../../engine/graph/tensor.ts";
import philoxSource from "../../engine/wgsl/philox.wgsl" with { type: "text" };
import { fillTemplate } from "../../engine/wgsl/template.ts";
import source from "./eot_keys.wgsl" with { type: "text" };

interface EotKeysAttrs {
  readonly [key: string]: unknown;
  readonly key: U32x2;
}

/** out u32 [B]. Inputs: slot [B, 4], examples [B]. */
export const eotKeysOp: OpDef<EotKeysAttrs> = {
  name: "eot_keys",
  shape: ([, examples]) => [u32(...examples.shape)],
  lower: ({ inputs: [slot, examples], outputs: [out], attrs: { key } }) => {
    const PADDED = 4 * rowVec4s(out.spec.shape);
    return [{
      label: "eot_keys",
      source: fillTemplate(source, {
        consts: { B: out.spec.shape[0], PADDED, KEY0: key[0], KEY1: key[1] },
        include: [philoxSource],
      }),
      bindings: [
        { operand: slot, kind: "read" },
        { operand: examples, kind: "read" },
        { operand: out, kind: "read_write" },
      ],
      workgroups: splitGrid(Math.ceil(PADDED / 64)),
      leading: true,
    }];
  },
  backward: null,
  reference: ([slot, examples], { key }, [out]) => {
    const data = examples.data.map((example, b) => {
      return philox4x32([example, slot.data[4 * b + 1], slot.data[4 * b + 2], 0], key)[0];
    });
    return [{ shape: out.shape, data }];
  },
  flops: () => 0,
  cases: [
    { name: "one example", inputs: [u32(1, 4), u32(1)], attrs: { key: [1, 2] } },
    { name: "above a workgroup", inputs: [u32(70, 4), u32(70)], attrs: { key: [3, 4] }, below: 2 ** 32 },
  ],
};

/**
 * A key for each slot. It depends only on the example's number, run and iteration, and on the stream.
 *
 * @param slot u32 [B, 4]: status, run, iteration, 0.
 * @param examples u32 [B].
 * @returns u32 [B].
 */
export function eotKeys(
  slot: Value,
  examples: Value,
  { stream }: { stream: { readonly key: U32x2 } },
): Tensor {
  return record(eotKeysOp, [slot, examples], { key: stream.key })[0];
}
