/**
 * The Python in docs/attacks.md, run: networks trained here give the same scores in PyTorch, and back.
 * REALFEATURES_WEIGHTS=FILE REALFEATURES_DATA=DIR compares that `resnet8` on the first test images of that folder, and says how far apart they are.
 */
import { assert, assertEquals, assertLess } from "@std/assert";
import type { Gpu } from "../../engine/device/device.ts";
import { nchwToNhwc } from "../../engine/arrays/layout.ts";
import { resnet } from "../../engine/nn/resnet.ts";
import { resnetFromWeights } from "../../engine/nn/resnet_from_weights.ts";
import { loadWeights } from "../../engine/nn/weights.ts";
import { Program } from "../../engine/program/program.ts";
import { type HostTensor, readSafetensors, writeSafetensors } from "../../engine/files/safetensors.ts";
import { f32 } from "../../engine/arrays/shape.ts";
import { Variable } from "../../engine/graph/tensor.ts";
import { gpuTest, noGpu } from "../../engine/testing/gpu.ts";
import { release } from "../../engine/graph/variables.ts";
import { toFloat } from "../../datasets/types.ts";
import { withTempDir } from "../testing.ts";
import { readClassifier } from "./classifier.ts";
import { openTestImages } from "./images.ts";
import { type Network, train } from "./testing.ts";

const DOCS = new URL("../../docs/attacks.md", import.meta.url);

/** What the documentation's Python is followed by: loads the weights, and writes scores and the weights themselves. */
const CHECK = `
import sys

weights, images, scores, copy = sys.argv[1:]
tensors = load_safetensors(weights)
widths = [tensors[f"layer{s}.0.conv1.weight"].shape[0] for s in (1, 2, 3)]
net = ResNet8(widths, classes=tensors["linear.weight"].shape[0])
net.load_state_dict(tensors)
net.eval()
with torch.no_grad():
    save_safetensors({"scores": net(load_safetensors(images)["x"])}, scores)
save_safetensors(net.state_dict(), copy)
`;

const python = await findPython();

async function findPython(): Promise<string | null> {
  for (const command of ["python3", "/usr/bin/python3"]) {
    const run = new Deno.Command(command, {
      args: ["-c", "import torch, numpy"],
      stdout: "null",
      stderr: "null",
    });
    if (await run.output().then(({ success }) => success, () => false)) return command;
  }
  return null;
}

function pytorchTest(name: string, run: (gpu: Gpu) => Promise<void>): void {
  if (python !== null || noGpu) gpuTest(name, run);
  else Deno.test({ name: `${name} (ignored: no Python with PyTorch)`, ignore: true, fn: () => {} });
}

/** The definitions of the documentation: its two first blocks of Python. */
async function documented(): Promise<string> {
  const text = await Deno.readTextFile(DOCS);
  const blocks = [...text.matchAll(/^```py\n(.*?)^```$/gms)].map(([, code]) => code);
  assert(blocks[0].includes("class ResNet8") && blocks[1].includes("def save_safetensors"));
  return blocks.slice(0, 2).join("\n\n");
}

/** Scores here, [n, classes]. */
async function scoresOf(gpu: Gpu, { weights, set }: Network): Promise<Float32Array> {
  const model = resnet(resnetFromWeights("resnet8", weights), { seed: 0 });
  loadWeights(gpu, model, weights);
  const pixels = nchwToNhwc(toFloat(set), [set.count, 3, set.height, set.width]);
  const images = new Variable("images", f32(set.count, set.height, set.width, 3), pixels);
  const program = await Program.compile(gpu, "scores", () => ({ y: model.logits(images, { mode: "eval" }) }));
  program.run();
  const scores = await program.read("y") as Float32Array;
  program.dispose();
  release(gpu, [...model.parameters, ...model.buffers, images]);
  return scores;
}

/** Scores there, and the weights after a round trip. */
async function throughPyTorch({ weights, set }: Network) {
  let found: { scores: Float32Array; copy: Map<string, HostTensor> } | undefined;
  await withTempDir(async (dir) => {
    const [net, x, y, copy] = ["net", "x", "y", "copy"].map((name) => `${dir}/${name}.safetensors`);
    await writeSafetensors(net, weights);
    const shape = [set.count, 3, set.height, set.width];
    await writeSafetensors(x, new Map([["x", { dtype: "F32", shape, data: toFloat(set) }]]));
    await Deno.writeTextFile(`${dir}/check.py`, `${await documented()}\n${CHECK}`);
    const args = [`${dir}/check.py`, net, x, y, copy];
    const { success, stderr } = await new Deno.Command(python!, { args, stderr: "piped" }).output();
    assert(success, new TextDecoder().decode(stderr));
    const scores = (await readSafetensors(y)).tensors.get("scores")!.data as Float32Array;
    found = { scores, copy: (await readSafetensors(copy)).tensors };
  });
  return found!;
}

/** Largest absolute difference. */
function largest(a: Float32Array, b: Float32Array): number {
  assertEquals(a.length, b.length);
  return a.reduce((max, value, i) => Math.max(max, Math.abs(value - b[i])), 0);
}

pytorchTest(
  "exportWeights() loads into the documentation's PyTorch class: the same scores, and the same weights back",
  async (gpu) => {
    const network = await train(gpu, { widths: [4, 6, 9], steps: 5 });
    const ours = await scoresOf(gpu, network), { scores, copy } = await throughPyTorch(network);
    assertLess(largest(ours, scores), 1e-4);
    assert(largest(ours, new Float32Array(ours.length)) > 0.1); // they are not all zero
    assertEquals([...copy].sort(), [...network.weights].sort());
  },
);

const [path, data] = ["WEIGHTS", "DATA"].map((name) => Deno.env.get(`REALFEATURES_${name}`));
if (path !== undefined && data !== undefined) {
  pytorchTest(`${path} gives the same scores in PyTorch`, async (gpu) => {
    const classifier = await readClassifier(path, { arch: "resnet8", mean: null, std: null, note: () => {} });
    const { set } = await openTestImages(data, { n: 128, classifier });
    const network = { weights: classifier.tensors, set };
    const ours = await scoresOf(gpu, network), { scores } = await throughPyTorch(network);
    const max = largest(ours, new Float32Array(ours.length)), difference = largest(ours, scores);
    // deno-lint-ignore no-console -- the number is what is asked for
    console.log(
      `${ours.length} scores up to ${max.toFixed(2)}: largest difference ${difference.toExponential(2)}`,
    );
    assertLess(difference, 1e-4);
  });
}
