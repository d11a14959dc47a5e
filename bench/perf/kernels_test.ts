import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { GpuError } from "../../engine/device/device.ts";
import type { OpDef } from "../../engine/graph/op.ts";
import { scaleOp } from "../../engine/ops/arithmetic.ts";
import { matmulOp } from "../../engine/ops/matmul.ts";
import { byteSize, f32, sizeOf } from "../../engine/arrays/shape.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { kernelCases, selectCases } from "./kernel_cases.ts";
import { measureKernel } from "./kernels.ts";

const options = { samples: 2, minSampleMs: 1, signal: new AbortController().signal };

gpuTest("measureKernel() times an operation with its flops and bytes, and frees its memory", async (gpu) => {
  const before = gpu.buffers.liveBytes;
  const found = await measureKernel(gpu, {
    name: "matmul 8x12x5",
    op: matmulOp as unknown as OpDef,
    inputs: [f32(8, 12), f32(12, 5)],
    attrs: { transposeA: false, transposeB: false },
  }, options);
  const { samplesMs, runs, ...rest } = found;
  // Rows of 5 lie in memory as rows of 8.
  const bytes = 4 * (8 * 12 + 12 * 8 + 8 * 8);
  assertEquals(rest, { name: "matmul 8x12x5", op: "matmul", flops: 2 * 8 * 12 * 5, bytes, dispatches: 1 });
  assert(runs >= 1 && samplesMs.length === 2 && samplesMs.every((ms) => ms > 0));
  assertEquals(gpu.buffers.liveBytes, before);
});

gpuTest("measureKernel() does not trust a result that is not finite", async (gpu) => {
  const before = gpu.buffers.liveBytes;
  const kernel = { name: "far", op: scaleOp as unknown as OpDef, inputs: [f32(64)], attrs: { k: 3.4e38 } };
  // 1.5 times the largest number is beyond it.
  await assertRejects(
    () => measureKernel(gpu, kernel, options),
    GpuError,
    "Cannot trust the time of far: its result is not finite",
  );
  assertEquals(gpu.buffers.liveBytes, before);
});

Deno.test("kernelCases() have names of their own, shapes that fit and sizes worth timing", () => {
  const cases = kernelCases();
  assertEquals(new Set(cases.map(({ name }) => name)).size, cases.length);
  for (const { name, op, inputs, attrs } of cases) {
    const outputs = op.shape(inputs, attrs);
    assert(sizeOf(outputs[0].shape) > 0, name);
    assert([...inputs, ...outputs].reduce((sum, spec) => sum + byteSize(spec), 0) > 2 ** 20, name);
  }
  const ops = new Set(cases.map(({ op }) => op.name));
  for (
    const op of [
      "matmul",
      "conv2d",
      "conv2d_grad_input",
      "conv2d_grad_weights",
      "attention",
      "attention_grad",
    ]
  ) {
    assert(ops.has(op), op);
  }
});

Deno.test("selectCases() picks by a part of the name, in any case", () => {
  const names = (pattern: string) => selectCases(kernelCases(), pattern).map(({ name }) => name);
  assertEquals(names("MATMUL nn"), ["matmul NN 1024x1024x1024"]);
  assertEquals(names("dX").length, 5);
  assertThrows(() => names("none such"), RangeError, "Cannot select kernels: no name holds none such, known");
});
