import { assertThrows } from "@std/assert";
import { gradients } from "../autograd.ts";
import { trace } from "../graph.ts";
import { f32 } from "../shape.ts";
import { type Tensor, Variable } from "../tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { mul } from "./arithmetic.ts";
import { batchNorm, batchNormGradOp, batchNormOp, type BatchNormResult } from "./batch_norm.ts";
import { sumAll } from "./reduce_sum.ts";

// y loses a few units in the last place of (x - mean); the sums of up to 8,193 rows lose 1e-4.
checkOp(batchNormOp, { forward: { atol: 1e-4, rtol: 1e-3 } });
checkOp(batchNormGradOp, { forward: { atol: 1e-2, rtol: 1e-3 } });

const normalise = (...shape: number[]) => {
  const [x, gamma, beta] = [f32(...shape), f32(5), f32(5)].map((spec) => new Variable("v", spec));
  return () => trace(() => batchNorm(x, gamma, { beta }));
};

Deno.test("batchNorm() has no gradient by way of its statistics, and says so", () => {
  const [x, gamma, beta] = [f32(2, 5), f32(5), f32(5)].map((spec) => new Variable("v", spec));
  const differentiate = (loss: (result: BatchNormResult) => Tensor) => () =>
    trace(() => gradients(sumAll(loss(batchNorm(x, gamma, { beta }))), [x]));
  for (
    const loss of [
      ({ mean }: BatchNormResult) => mean,
      ({ y, variance }: BatchNormResult) => mul(y, variance),
    ]
  ) {
    assertThrows(differentiate(loss), TypeError, "the statistics of batch_norm have no gradient");
  }
});

Deno.test("batchNorm() refuses an empty batch", () => {
  assertThrows(normalise(0, 5), RangeError, "Cannot normalise: the batch is empty, x is [0, 5]");
});

Deno.test("batchNorm() refuses another number of channels", () => {
  assertThrows(normalise(2, 3), RangeError, "Cannot normalise: expected [3] for x [2, 3], got [5]");
});
