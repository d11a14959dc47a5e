import { assertEquals, assertThrows } from "@std/assert";
import type { Gpu } from "../device/device.ts";
import { record, trace } from "../graph/graph.ts";
import { Program } from "../program/program.ts";
import { stream } from "../../common/random.ts";
import { f32, sizeOf } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { assertClose } from "../testing/compare.ts";
import { gpuTest, sharedGpu } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";
import { conv2d, conv2dOp, convGradInputOp, convGradWeightsOp } from "./conv2d.ts";

checkOp(conv2dOp, { forward: { atol: 1e-5, rtol: 1e-3 } });
checkOp(convGradInputOp, { forward: { atol: 1e-5, rtol: 1e-3 } });
// Sums over up to 4,194,368 positions.
checkOp(convGradWeightsOp, { forward: { atol: 1e-2, rtol: 1e-3 } });

const zeros = (...shape: number[]) => new Variable("zeros", f32(...shape));

gpuTest("conv2d() through textures agrees with conv2d() through buffers", async (gpu) => {
  const textureGpu = await sharedGpu("texture");
  const shapes = [[2, 12, 13, 10], [9, 3, 3, 10], [2, 12, 13, 9]];
  const [x, w, dy] = shapes.map((shape, i) => {
    const data = new Float32Array(sizeOf(shape));
    stream(3, "variants").fillNormal(i, data);
    return new Variable("v", f32(...shape), data);
  });
  const attrs = { stride: 1, padding: 1 };
  const compute = async (on: Gpu) => {
    const program = await Program.compile(on, "conv2d", () => ({
      y: conv2d(x, w, attrs),
      dx: record(convGradInputOp, [dy, w], { ...attrs, shape: x.shape })[0],
      dw: record(convGradWeightsOp, [x, dy], { ...attrs, shape: w.shape })[0],
    }));
    program.run();
    const found = [await program.read("y"), await program.read("dx"), await program.read("dw")];
    program.dispose();
    release(on, [x, w, dy]);
    return found;
  };
  const byBuffer = await compute(gpu), byTexture = await compute(textureGpu);
  byBuffer.forEach((expected, i) =>
    assertClose(`output ${i}`, byTexture[i], { expected, atol: 1e-5, rtol: 1e-5 })
  );
});

Deno.test("conv2d() refuses shapes that do not fit and names them", () => {
  const message = (build: () => unknown) => assertThrows(() => trace(build), RangeError).message;
  const shapes = "x is [2, 5, 6, 3] (NHWC), weights are [4, 3, 3, 8] (OHWI)";
  assertEquals(
    message(() => conv2d(zeros(2, 5, 6, 3), zeros(4, 3, 3, 8))),
    `Cannot convolve: channels differ, ${shapes}`,
  );
  assertEquals(
    message(() => conv2d(zeros(1, 2, 2, 3), zeros(4, 5, 5, 3), { padding: 1 })),
    "Cannot convolve: the kernel is larger than the padded image, x is [1, 2, 2, 3] (NHWC), " +
      "weights are [4, 5, 5, 3] (OHWI), padding 1",
  );
  assertEquals(
    message(() => conv2d(zeros(1, 3, 3, 3), zeros(4, 3, 3, 3), { bias: zeros(3) })),
    "Cannot convolve: expected a bias of [4], got [3]",
  );
});
