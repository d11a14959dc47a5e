import { assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { channelAffine, channelAffineOp, channelAffineReluOp } from "./channel_affine.ts";

checkOp(channelAffineOp);
checkOp(channelAffineReluOp);

Deno.test("channelAffine() refuses another number of channels", () => {
  const [x, scale, offset] = [f32(2, 3, 5), f32(5), f32(3)].map((spec) => new Variable("v", spec));
  assertThrows(
    () => trace(() => channelAffine(x, scale, { offset })),
    RangeError,
    "Cannot scale channels: expected [5] for x [2, 3, 5], got [3]",
  );
});
