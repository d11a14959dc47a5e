import { assert, assertGreater, assertLess, assertRejects } from "@std/assert";
import { gradients } from "../autograd/autograd.ts";
import { type Gpu, GpuError, openGpu, type ValueStorage } from "../device/device.ts";
import { resnet } from "../nn/resnet.ts";
import { scale } from "../ops/arithmetic.ts";
import { crossEntropy } from "../ops/cross_entropy.ts";
import { meanAll } from "../ops/reduce_sum.ts";
import { findAdapter } from "../device/backend.ts";
import { Program } from "./program.ts";
import { stream } from "../../common/random.ts";
import { f32, u32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { gpuTest, noGpu } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";

const offered = !noGpu && ((await findAdapter())?.adapter.features.has("shader-f16") ?? false);

/** Loss, gradient of the stem and planned bytes of a small network on 16 images. */
async function computeOn(gpu: Gpu) {
  const pixels = stream(1, "half").fillUniform(0, new Float32Array(16 * 16 * 16 * 3));
  const images = new Variable("images", f32(16, 16, 16, 3), pixels);
  const labels = new Variable("labels", u32(16), Uint32Array.from({ length: 16 }, (_, i) => i % 10));
  const model = resnet({ arch: "resnet8", widths: [16, 16, 16], classes: 10 }, { seed: 1 });
  const program = await Program.compile(gpu, "half", () => {
    const loss = meanAll(crossEntropy(model.logits(images, { mode: "train" }), labels));
    // Scaled, since gradients of a mean over many pixels are below what f16 holds.
    return { loss, grad: gradients(scale(loss, 1024), model.parameters)[0] };
  });
  program.run();
  const found = {
    loss: (await program.read("loss"))[0],
    grad: await program.read("grad"),
    workspaceBytes: program.workspaceBytes,
  };
  program.dispose();
  release(gpu, [images, labels, ...model.parameters, ...model.buffers]);
  return found;
}

async function withStorage<T>(storage: ValueStorage, run: (gpu: Gpu) => Promise<T>): Promise<T> {
  const gpu = await openGpu({ readPath: "buffer", storage });
  try {
    return await run(gpu);
  } finally {
    gpu.close();
  }
}

Deno.test({
  name: "openGpu() with values stored as f16 computes the loss to three digits in less memory",
  ignore: !offered,
  sanitizeResources: false,
  sanitizeOps: false,
  fn: async () => {
    const full = await withStorage("f32", computeOn), half = await withStorage("f16", computeOn);
    assertLess(half.workspaceBytes, 0.7 * full.workspaceBytes);
    assertLess(Math.abs(half.loss - full.loss), 5e-3 * full.loss);
    assert(half.loss !== full.loss, "nothing was rounded");
    const size = Math.hypot(...full.grad), error = Math.hypot(...full.grad.map((g, i) => g - half.grad[i]));
    assertGreater(size, 0);
    assertLess(error / size, 0.1);
  },
});

gpuTest("openGpu() refuses f16 where the adapter does not offer it", async () => {
  const adapter = (await findAdapter())!.adapter;
  const without = new Proxy(adapter, {
    get: (target, key) => {
      if (key === "features") return new Set<string>();
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  await assertRejects(
    () => openGpu({ storage: "f16", requestAdapter: () => Promise.resolve(without) }),
    GpuError,
    "Cannot store values as f16: the adapter offers no shader-f16",
  );
});
