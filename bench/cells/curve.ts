/** The probe curve: probes on a few images, on the encoder after given epochs of its training. */

import { type ImageSet, subset } from "../../datasets/types.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { loadWeights } from "../../engine/nn/weights.ts";
import { parseSafetensors } from "../../engine/files/safetensors.ts";
import { release } from "../../engine/graph/variables.ts";
import { accuracyOf } from "../../paradigms/evaluate.ts";
import { FeatureExtractor } from "../../paradigms/features.ts";
import { judgeHead, trainHead } from "../../paradigms/linear_head.ts";
import type { Metric } from "../records/mod.ts";
import { readFileOf } from "./artifact_file.ts";
import { putWeights } from "./network.ts";
import type { ProbeTask } from "./probe.ts";
import type { ProbeState } from "./probe_state.ts";

/**
 * Probes the encoder untrained, after the epochs whose weights were kept, and trained.
 *
 * @param task Its learner is untrained; afterwards it holds the weights of some point.
 * @param state Points that are done are not measured again.
 */
export async function measureCurve(
  gpu: Gpu,
  task: ProbeTask,
  state: ProbeState,
): Promise<Record<string, Metric>> {
  const { curve: epochs } = task.cell.config;
  if (epochs.length === 0) return {};
  if (state.curve.length < epochs.length) await measureRest(gpu, task, state);
  return {
    probeCurve: { value: state.curve[state.curve.length - 1], unit: "fraction", samples: state.curve },
    probeCurveEpochs: { value: epochs[epochs.length - 1], unit: "epochs", samples: epochs },
  };
}

async function measureRest(gpu: Gpu, task: ProbeTask, state: ProbeState): Promise<void> {
  const { cell: { config }, context, learner, dataset, set, phases } = task;
  const { curve: epochs, probe, batchSize } = config;
  const few = Math.max(probe.curveImages, Math.min(probe.batchSize, set.count));
  const firstOf = (images: ImageSet) => subset(images, Math.min(few, images.count));
  const train = await FeatureExtractor.compile(gpu, { learner, set: firstOf(set), batchSize });
  const test = await FeatureExtractor.compile(gpu, { learner, set: firstOf(dataset.test), batchSize });
  const units = train.set.count + test.set.count;
  try {
    for (const epoch of epochs.slice(state.curve.length)) {
      context.signal.throwIfAborted();
      await putWeightsOf(gpu, { task, epoch });
      state.curve.push(await phases.measure("probe", units, () => look(gpu, { task, train, test })));
      await state.keep();
      const done = state.curve.length * units;
      context.progress({ label: "curve", done, total: epochs.length * units, unit: "images" });
    }
  } finally {
    train.dispose();
    test.dispose();
  }
}

/** Gives the learner its weights of an epoch. */
async function putWeightsOf(
  gpu: Gpu,
  { task: { learner, network, context, cell }, epoch }: { task: ProbeTask; epoch: number },
): Promise<void> {
  if (epoch === 0) return; // the learner is untrained
  const snapshot = network.snapshots.find((snapshot) => snapshot.epoch === epoch);
  if (snapshot === undefined) return putWeights(gpu, learner, network);
  const { bytes, path } = await readFileOf(cell.inputs[0], snapshot.artifact, context);
  loadWeights(gpu, learner, parseSafetensors(bytes, { path }).tensors);
}

async function look(
  gpu: Gpu,
  { task, train, test }: { task: ProbeTask; train: FeatureExtractor; test: FeatureExtractor },
): Promise<number> {
  const { learner: { featureSize }, cell } = task;
  const data = { features: await train.extract(), featureSize, labels: train.set.labels };
  const classes = train.set.classNames.length;
  const head = await trainHead(gpu, { ...data, classes }, { ...cell.config.probe, seed: cell.seed });
  const judged = await judgeHead(gpu, head, {
    features: await test.extract(),
    featureSize,
    labels: test.set.labels,
  });
  release(gpu, [head.weight, head.bias]);
  return accuracyOf(judged);
}
