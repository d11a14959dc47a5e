import { assertEquals, assertThrows } from "@std/assert";
import { gradients } from "../autograd/autograd.ts";
import { trace } from "../graph/graph.ts";
import { Program } from "../program/program.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { gpuTest } from "../testing/gpu.ts";
import {
  avgPool2d,
  avgPool2dGradOp,
  avgPool2dOp,
  globalAvgPool,
  globalAvgPoolGradOp,
  globalAvgPoolOp,
  maxPool2d,
  maxPool2dOp,
} from "./pool2d.ts";
import { sumAll } from "./reduce_sum.ts";

checkOp(avgPool2dOp);
checkOp(avgPool2dGradOp);
checkOp(maxPool2dOp); // Its gradient has a meaning only where y is the maximum of x, as in this suite.
checkOp(globalAvgPoolOp);
checkOp(globalAvgPoolGradOp);

const image = (shape: number[], data?: number[]) =>
  new Variable("x", f32(...shape), data === undefined ? undefined : Float32Array.from(data));

gpuTest("maxPool2d() gives the gradient to the first of equal values, row by row", async (gpu) => {
  const x = image([1, 3, 4, 1], [1, 1, 0, 2, 1, 1, 2, 2, 0, 0, 0, 0]);
  const program = await Program.compile(gpu, "ties", () => {
    const [grad] = gradients(sumAll(maxPool2d(x, { kernel: 2, stride: 1 })), [x]);
    return { grad };
  });
  program.run();
  assertEquals([...await program.read("grad")], [1, 0, 0, 1, 1, 0, 3, 0, 0, 0, 0, 0]);
  program.dispose();
});

gpuTest("maxPool2d() of negative values never takes the padding", async (gpu) => {
  const x = image([1, 2, 2, 1], [-4, -3, -2, -5]);
  const program = await Program.compile(gpu, "padding", () => ({
    y: maxPool2d(x, { kernel: 2, stride: 2, padding: 1 }),
  }));
  program.run();
  assertEquals([...await program.read("y")], [-4, -3, -2, -5]);
  program.dispose();
});

gpuTest("avgPool2d() counts the padding as zeros", async (gpu) => {
  const program = await Program.compile(gpu, "padding", () => ({
    y: avgPool2d(image([1, 2, 2, 1], [4, 8, 12, 16]), { kernel: 2, padding: 1 }),
  }));
  program.run();
  assertEquals([...await program.read("y")], [1, 2, 3, 4]);
  program.dispose();
});

Deno.test("globalAvgPool() gives [N, C]", () => {
  trace(() => assertEquals(globalAvgPool(image([2, 4, 4, 6])).shape, [2, 6]));
});

for (const pool of [avgPool2d, maxPool2d]) {
  Deno.test(`${pool.name}() refuses a kernel larger than the padded image`, () => {
    const error = assertThrows(() => trace(() => pool(image([1, 3, 3, 1]), { kernel: 4 })), RangeError);
    assertEquals(
      error.message,
      "Cannot pool: the kernel is larger than the padded image [1, 3, 3, 1], kernel 4, stride 4, padding 0",
    );
  });
  Deno.test(`${pool.name}() refuses a padding of more than half the kernel`, () => {
    assertThrows(
      () => trace(() => pool(image([1, 3, 3, 1]), { kernel: 2, padding: 2 })),
      RangeError,
      "the padding is more than half the kernel, kernel 2, stride 2, padding 2",
    );
  });
  Deno.test(`${pool.name}() refuses a stride of 0`, () => {
    assertThrows(
      () => trace(() => pool(image([1, 3, 3, 1]), { kernel: 2, stride: 0 })),
      RangeError,
      "kernel and stride at least 1",
    );
  });
}
