import { assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { f32, u32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { sgdMomentumOp, sgdOp, sgdUpdate } from "./optim_sgd.ts";

const TIGHT = { forward: { atol: 1e-6, rtol: 1e-6 } };
checkOp(sgdMomentumOp, TIGHT);
checkOp(sgdOp, TIGHT);

const param = new Variable("w", f32(2, 3));
const attrs = { momentum: 0, nesterov: false, weightDecay: 0, learningRate: new Variable("lr", f32()) };

Deno.test("sgdUpdate() refuses a gradient of another shape", () => {
  const grad = new Variable("g", f32(3, 2));
  assertThrows(
    () => trace(() => sgdUpdate([{ param, velocity: null, grad }], attrs)),
    RangeError,
    "Cannot record optim_sgd: input 1 must have the shape [2, 3], it has [3, 2]",
  );
});

Deno.test("sgdUpdate() refuses a gradient of integers", () => {
  const grad = new Variable("g", u32(2, 3));
  assertThrows(
    () => trace(() => sgdUpdate([{ param, velocity: null, grad }], attrs)),
    TypeError,
    "input 1 must be f32, it is u32",
  );
});
