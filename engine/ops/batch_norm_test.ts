import { assertThrows } from "@std/assert";
import { gradients } from "../autograd/autograd.ts";
import { record, trace } from "../graph/graph.ts";
import { f32, u32 } from "../arrays/shape.ts";
import { type Tensor, Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { add } from "./arithmetic.ts";
import { batchNorm, batchNormGradOp, batchNormOp } from "./batch_norm.ts";
import { sumAll } from "./reduce_sum.ts";

// y loses a few units in the last place of (x - mean); the sums of up to 8,193 rows lose 1e-4.
checkOp(batchNormOp, { forward: { atol: 1e-4, rtol: 1e-3 } });
checkOp(batchNormGradOp, { forward: { atol: 1e-2, rtol: 1e-3 } });

const variables = (...shapes: number[][]) => shapes.map((shape) => new Variable("v", f32(...shape)));

const normalise = (...shape: number[]) => {
  const [x, gamma, beta] = variables(shape, [5], [5]);
  return () => trace(() => batchNorm(x, gamma, { beta }));
};

Deno.test("batchNorm() has no gradient by way of its statistics, and says so", () => {
  const [x, gamma, beta] = variables([2, 5], [5], [5]);
  const attrs = { eps: 1e-5, relu: false, momentum: 0.1 };
  const differentiate = (loss: (y: Tensor, stats: Tensor) => Tensor) => () =>
    trace(() => {
      const [y, stats] = record(batchNormOp, [x, gamma, beta], attrs);
      return gradients(sumAll(loss(y, stats)), [x]);
    });
  for (
    const loss of [(_: Tensor, stats: Tensor) => stats, (y: Tensor, stats: Tensor) => add(sumAll(y), stats)]
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

Deno.test("batchNorm() refuses to move running statistics by one value per channel", () => {
  const [x, gamma, beta, mean, variance] = variables([1, 5], [5], [5], [5], [5]);
  const running = { mean, variance, batches: new Variable("batches", u32()) };
  assertThrows(
    () => trace(() => batchNorm(x, gamma, { beta, running })),
    RangeError,
    "a variance needs two values per channel, got 1",
  );
});
