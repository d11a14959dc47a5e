import { assertEquals, assertThrows } from "@std/assert";
import { encodeSafetensors, type HostTensor, parseSafetensors } from "../files/safetensors.ts";
import { Program } from "../program/program.ts";
import { stream } from "../../common/random.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";
import { resnet } from "./resnet.ts";
import { checkWeights, exportWeights, loadWeights } from "./weights.ts";

const tiny = (seed: number) => resnet({ arch: "resnet8", widths: [4, 6, 8], classes: 5 }, { seed });

gpuTest("exportWeights() and loadWeights() round trip through a file bit by bit", async (gpu) => {
  const model = tiny(1), other = tiny(2);
  const images = new Variable(
    "images",
    f32(2, 4, 4, 3),
    stream(3, "images").fillNormal(0, new Float32Array(96)),
  );
  const program = await Program.compile(
    gpu,
    "one pass",
    () => ({ y: model.logits(images, { mode: "train" }) }),
  );
  program.run(); // moves the running statistics
  const saved = encodeSafetensors(await exportWeights(gpu, model));
  loadWeights(gpu, other, parseSafetensors(saved).tensors);
  assertEquals(encodeSafetensors(await exportWeights(gpu, other)), saved);
  program.dispose();
  for (const { parameters, buffers } of [model, other]) release(gpu, [...parameters, ...buffers]);
  release(gpu, [images]);
});

gpuTest("exportWeights() speaks PyTorch's layouts and element types", async (gpu) => {
  const model = tiny(1);
  const tensors = await exportWeights(gpu, model);
  assertEquals(tensors.get("layer2.0.shortcut.0.weight")!.shape, [6, 4, 1, 1]);
  const conv = tensors.get("conv1.weight")!;
  assertEquals(conv.shape, [4, 3, 3, 3]);
  const [o, i, h, w] = [2, 1, 0, 2];
  const engine = model.parameters[0].initial[((o * 3 + h) * 3 + w) * 3 + i];
  assertEquals(conv.data[((o * 3 + i) * 3 + h) * 3 + w], engine);
  assertEquals(tensors.get("bn1.num_batches_tracked"), {
    dtype: "I64",
    shape: [],
    data: BigInt64Array.of(0n),
  });
  release(gpu, [...model.parameters, ...model.buffers]);
});

Deno.test("checkWeights() refuses a negative variance by name", () => {
  const model = tiny(1);
  const tensors = new Map<string, HostTensor>(
    [...model.parameters, ...model.buffers].map(({ name, spec, shape }) => {
      const sizes = shape.length === 4 ? [shape[0], shape[3], shape[1], shape[2]] : shape;
      const size = shape.reduce((product, n) => product * n, 1);
      return [
        name,
        spec.dtype === "u32"
          ? { dtype: "I64", shape: [], data: BigInt64Array.of(0n) }
          : { dtype: "F32", shape: sizes, data: new Float32Array(size) },
      ];
    }),
  );
  checkWeights(model, tensors);
  tensors.set("bn1.running_var", { dtype: "F32", shape: [4], data: Float32Array.of(1, 0, -1e-3, 1) });
  assertThrows(
    () => checkWeights(model, tensors),
    RangeError,
    `wrong: bn1.running_var must not be negative and holds ${Math.fround(-1e-3)} at 2`,
  );
});

gpuTest("loadWeights() lists all that does not fit and changes nothing", async (gpu) => {
  const model = tiny(1);
  const before = await exportWeights(gpu, model);
  const tensors = new Map<string, HostTensor>(await exportWeights(gpu, tiny(2)));
  tensors.delete("bn1.bias");
  tensors.delete("linear.bias");
  tensors.set("fc.bias", before.get("linear.bias")!);
  tensors.set("linear.weight", { dtype: "F32", shape: [8, 5], data: new Float32Array(40) });
  tensors.set("bn1.weight", { dtype: "F32", shape: [4], data: Float32Array.of(1, 1, NaN, 1) });
  tensors.set("bn1.num_batches_tracked", { dtype: "I64", shape: [], data: BigInt64Array.of(-1n) });
  assertThrows(
    () => loadWeights(gpu, model, tensors),
    RangeError,
    "Cannot load weights: the tensors are not those of this network, missing: bn1.bias, linear.bias; " +
      "unexpected: fc.bias; wrong: bn1.weight must be finite and holds NaN at 2, " +
      "linear.weight must be F32 [5, 8] and is F32 [8, 5], bn1.num_batches_tracked must lie in [0, 2^32) and is -1",
  );
  assertEquals(await exportWeights(gpu, model), before);
  release(gpu, [...model.parameters, ...model.buffers]);
});
