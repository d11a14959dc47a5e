/** How fast an attack walks: iterations of PGD on a classifier in eval mode. */

import { Pgd } from "../../attacks/pgd/pgd.ts";
import { threatModel } from "../../attacks/threat_model/threat_model.ts";
import type { ImageSet } from "../../datasets/types.ts";
import { toFloat } from "../../datasets/types.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { stream } from "../../common/random.ts";
import { release } from "../../engine/graph/variables.ts";
import type { AttackTime } from "../records/perf_record.ts";
import type { SamplingOptions } from "./sample.ts";
import { timeSteps } from "./time_steps.ts";
import { type GoalNetwork, makeGoal, networkName } from "./training.ts";

/** Times iterations of PGD in the Linf ball of 8/255 on an untrained resnet8, from random points. */
export async function measurePgd(
  gpu: Gpu,
  network: GoalNetwork,
  options: SamplingOptions,
): Promise<AttackTime> {
  const { learner, set } = makeGoal(network);
  const { batchSize, imageSize } = network;
  const pgd = await Pgd.compile(gpu, {
    logits: learner.logits!,
    threatModel: threatModel("Linf", 8 / 255),
    batchSize,
    imageShape: [imageSize, imageSize, 3],
    stepSize: 2 / 255,
    steps: 1,
    stream: stream(0, "perf pgd"),
  });
  try {
    pgd.setBatch({
      images: nhwc(set, batchSize),
      labels: Uint32Array.from(set.labels.subarray(0, batchSize)),
      examples: Uint32Array.from({ length: batchSize }, (_, i) => i),
    });
    pgd.walk.start({ random: true });
    const { samplesMs, steps } = await timeSteps(gpu, {
      options,
      since: performance.now(),
      step: () => pgd.walk.step(),
    });
    return {
      name: `PGD-Linf on ${networkName(network)}`,
      batchSize,
      flopsPerStep: pgd.walk.flops,
      dispatchesPerStep: pgd.walk.dispatches,
      steps,
      samplesMs,
    };
  } finally {
    pgd.dispose();
    release(gpu, [...learner.parameters, ...learner.buffers]);
  }
}

/** The first images of a set, channels last. */
function nhwc(set: ImageSet, count: number): Float32Array {
  const pixels = set.height * set.width, values = toFloat(set);
  const out = new Float32Array(count * pixels * 3);
  for (let i = 0; i < out.length; i++) {
    const [image, pixel, channel] = [Math.floor(i / pixels / 3), Math.floor(i / 3) % pixels, i % 3];
    out[i] = values[(image * 3 + channel) * pixels + pixel];
  }
  return out;
}
