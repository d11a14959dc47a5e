import { assertEquals, assertThrows } from "@std/assert";
import type { HostTensor } from "../files/safetensors.ts";
import { resnet, type ResnetArch, type ResnetConfig } from "./resnet.ts";
import { resnetArchOf, resnetFromWeights } from "./resnet_from_weights.ts";
import { checkWeights } from "./weights.ts";

/** Weights of a network as a file would hold them, all zero. */
function zeros(config: ResnetConfig): Map<string, HostTensor> {
  const { parameters, buffers } = resnet(config, { seed: 0 });
  return new Map([...parameters, ...buffers].map(({ name, shape, spec }): [string, HostTensor] => {
    const [o, h, w, i] = shape;
    const pytorch = shape.length === 4 ? [o, i, h, w] : [...shape];
    const count = pytorch.reduce((a, b) => a * b, 1);
    return spec.dtype === "u32"
      ? [name, { dtype: "I64", shape: pytorch, data: new BigInt64Array(count) }]
      : [name, { dtype: "F32", shape: pytorch, data: new Float32Array(count) }];
  }));
}

const CONFIGS: ResnetConfig[] = [
  { arch: "resnet8", widths: [4, 6, 8], inputChannels: 3, classes: 5 },
  { arch: "resnet18", widths: [4, 4, 6, 8], inputChannels: 1, classes: 2 },
  { arch: "resnet50", widths: [2, 3, 4, 5], inputChannels: 3, classes: 12 },
];

for (const config of CONFIGS) {
  Deno.test(`resnetFromWeights() reads the sizes of ${config.arch}, and its weights fit`, () => {
    const tensors = zeros(config);
    assertEquals(resnetFromWeights(config.arch, tensors), config);
    assertEquals(resnetArchOf(tensors.keys()), config.arch);
    checkWeights(resnet(resnetFromWeights(config.arch, tensors), { seed: 0 }), tensors);
  });
}

Deno.test("resnetFromWeights() leaves it to checkWeights() to list all that does not fit", () => {
  const tensors = zeros(CONFIGS[0]);
  tensors.delete("linear.weight");
  tensors.delete("layer2.0.bn1.bias");
  tensors.set("fc.weight", { dtype: "F32", shape: [1], data: new Float32Array(1) });
  tensors.set("conv1.weight", { dtype: "F32", shape: [4, 27], data: new Float32Array(108) });
  const found = resnetFromWeights("resnet8", tensors);
  assertEquals(found, { arch: "resnet8", widths: [4, 6, 8], inputChannels: 3, classes: 10 });
  assertThrows(
    () => checkWeights(resnet(found, { seed: 0 }), tensors),
    RangeError,
    "missing: layer2.0.bn1.bias, linear.weight; unexpected: fc.weight; wrong: " +
      "conv1.weight must be F32 [4, 3, 3, 3] and is F32 [4, 27], linear.bias must be F32 [10] and is F32 [5]",
  );
});

Deno.test("resnetFromWeights() and resnet() refuse sizes of zero and unknown architectures", () => {
  const tensors = zeros(CONFIGS[0]);
  tensors.set("linear.weight", { dtype: "F32", shape: [0, 8], data: new Float32Array(0) });
  const make = (arch: ResnetArch) => resnet(resnetFromWeights(arch, tensors), { seed: 0 });
  assertThrows(() => make("resnet8"), RangeError, "classes must be whole numbers from 1 up, got 0");
  assertThrows(() => make("resnet9" as ResnetArch), RangeError, "unknown architecture");
});

Deno.test("resnetArchOf() knows nothing of other networks", () => {
  assertEquals(resnetArchOf(["conv1.weight", "fc.weight"]), null);
  assertEquals(resnetArchOf([]), null);
});
