import { assertThrows } from "@std/assert";
import { gradients } from "../autograd/autograd.ts";
import { record, trace } from "../graph/graph.ts";
import { stream } from "../../common/random.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { assertClose } from "../testing/compare.ts";
import { checkOp } from "../testing/check_op.ts";
import { groupNorm, groupNormGradOp, groupNormOp } from "./group_norm.ts";
import { sumAll } from "./reduce_sum.ts";

// y loses a few units in the last place of (x - mean); two values of a group that are close have a large 1 / std.
checkOp(groupNormOp, { forward: { atol: 1e-4, rtol: 1e-3 }, gradient: { atol: 1e-3, rtol: 1e-3 } });
checkOp(groupNormGradOp, { forward: { atol: 1e-3, rtol: 1e-3 } });

const variable = (...shape: number[]) =>
  new Variable(
    "v",
    f32(...shape),
    stream(3, "group_norm").fillNormal(0, new Float32Array(shape.reduce((a, b) => a * b))),
  );
const ones = (size: number) => new Variable("gamma", f32(size), new Float32Array(size).fill(1));

Deno.test("groupNorm() gives every group of every example mean 0 and variance 1", () => {
  const { graph, result } = trace(() =>
    groupNorm(variable(2, 4, 4, 6), ones(6), { beta: new Variable("b", f32(6)), groups: 3 })
  );
  const [{ data }] = evaluateReference(graph, [result]);
  for (let b = 0; b < 2; b++) {
    for (let g = 0; g < 3; g++) {
      const values = data.filter((_, i) => Math.floor(i / 96) === b && Math.floor(i % 6 / 2) === g);
      const mean = values.reduce((a, v) => a + v / 32, 0);
      const variance = values.reduce((a, v) => a + v * v / 32, 0);
      assertClose("mean and variance", [mean, variance], { expected: [0, 1], atol: 1e-4, rtol: 0 });
    }
  }
});

Deno.test("groupNorm() has no gradient by way of its statistics, and says so", () => {
  const x = variable(2, 3, 4);
  const build = () =>
    trace(() => {
      const outputs = record(groupNormOp, [x, ones(4), ones(4)], { groups: 2, eps: 1e-5, silu: false });
      return gradients(sumAll(outputs[1]), [x]);
    });
  assertThrows(build, TypeError, "the statistics of group_norm have no gradient");
});

Deno.test("groupNorm() refuses groups and shapes that do not fit", () => {
  const build = (shape: number[], groups: number, channels = shape[shape.length - 1]) => () =>
    trace(() =>
      groupNorm(new Variable("x", f32(...shape)), ones(channels), { beta: ones(channels), groups })
    );
  assertThrows(build([2, 3, 6], 4), RangeError, "4 groups do not divide the channels, x is [2, 3, 6]");
  assertThrows(build([2, 3, 6], 0), RangeError, "0 groups do not divide the channels");
  assertThrows(build([6], 2), RangeError, "expected [B, ..., C], x is [6]");
  assertThrows(build([2, 0, 6], 2), RangeError, "examples are empty, x is [2, 0, 6]");
  assertThrows(build([2, 3, 6], 2, 4), RangeError, "expected gamma and beta [6], got [4]");
});
