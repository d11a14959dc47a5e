import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
} from "@std/assert";
import { gradients } from "../../engine/autograd/autograd.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { crossEntropy } from "../../engine/ops/cross_entropy.ts";
import { sumAll } from "../../engine/ops/reduce_sum.ts";
import { asTensor } from "../../engine/graph/graph.ts";
import { Program } from "../../engine/program/program.ts";
import { f32, u32 } from "../../engine/arrays/shape.ts";
import { Variable } from "../../engine/graph/tensor.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { read, release } from "../../engine/graph/variables.ts";
import { judgeOnHost, logits, noiseImages, SHAPE, SIZE } from "../testing/classifier.ts";
import { fgsm } from "./fgsm.ts";
import { l2, linf, type ThreatModel } from "../threat_model/threat_model.ts";

const COUNT = 21;
const images = noiseImages(COUNT);
const labels = judgeOnHost(images, new Uint32Array(COUNT)).predictions;
const clip = (v: number) => Math.min(1, Math.max(0, v));

gpuTest("fgsm() moves every pixel by eps along the gradient's sign", async (gpu) => {
  const eps = 4 / 255;
  const gradient = await inputGradient(gpu);
  const { ends, outcome } = await attack(gpu, linf(eps));
  ends.forEach((v, i) => assertAlmostEquals(v, clip(images[i] + eps * Math.sign(gradient[i])), 1e-6));
  assertEquals(Array.from(outcome.before), Array(COUNT).fill(1));
  const found = judgeOnHost(ends, labels).predictions;
  assertEquals(Array.from(outcome.after), Array.from(found, (p, i) => p === labels[i] ? 1 : 0));
  assertGreater(meanLoss(ends), meanLoss(images));
  assertLess(outcome.after.reduce((a, b) => a + b, 0), COUNT);
});

gpuTest("fgsm() in L2 steps by eps along the gradient", async (gpu) => {
  const eps = 0.25;
  const gradient = await inputGradient(gpu);
  const { ends, outcome } = await attack(gpu, l2(eps));
  for (let b = 0; b < COUNT; b++) {
    const norm = Math.hypot(...gradient.subarray(b * SIZE, (b + 1) * SIZE));
    assertGreater(norm, 0);
    for (let i = b * SIZE; i < (b + 1) * SIZE; i++) {
      assertAlmostEquals(ends[i], clip(images[i] + eps * gradient[i] / norm), 1e-5);
    }
  }
  assert(outcome.distance.every((d) => d <= eps + 1e-6));
  assertGreater(meanLoss(ends), meanLoss(images));
});

gpuTest("fgsm() approaches the labels where they are targets", async (gpu) => {
  const targets = labels.map((y) => (y + 1) % 10);
  const { ends } = await attack(gpu, linf(4 / 255), targets);
  assertLess(meanLoss(ends, targets), meanLoss(images, targets));
});

gpuTest("fgsm() refuses a threat model without a radius", async (gpu) => {
  for (const threatModel of [l2(null), l2(0), linf(0)]) {
    await assertRejects(
      () => fgsm(gpu, { logits, threatModel, batchSize: COUNT, imageShape: SHAPE }),
      RangeError,
      `Cannot compile FGSM: its one step needs an eps above 0, got ${threatModel.norm} with eps ${threatModel.eps}`,
    );
  }
});

async function attack(gpu: Gpu, threatModel: ThreatModel, targets?: Uint32Array) {
  const attack = await fgsm(gpu, {
    logits,
    threatModel,
    batchSize: COUNT,
    imageShape: SHAPE,
    targeted: targets !== undefined,
  });
  attack.setBatch({ images, labels: targets ?? labels, examples: labels.map((_, i) => i) });
  const outcome = await attack.run();
  const ends = await read(gpu, attack.walk.images) as Float32Array;
  attack.dispose();
  return { ends, outcome };
}

async function inputGradient(gpu: Gpu): Promise<Float32Array> {
  const x = new Variable("images", f32(COUNT, ...SHAPE), images),
    y = new Variable("labels", u32(COUNT), labels);
  const program = await Program.compile(gpu, "input gradient", () => {
    const now = asTensor(x);
    return { gradient: gradients(sumAll(crossEntropy(logits(now), y)), [now])[0] };
  });
  program.run();
  const gradient = await program.read("gradient") as Float32Array;
  program.dispose();
  release(gpu, [x, y]);
  return gradient;
}

function meanLoss(at: Float32Array, classes: ArrayLike<number> = labels): number {
  return judgeOnHost(at, classes).losses.reduce((a, b) => a + b, 0) / COUNT;
}
