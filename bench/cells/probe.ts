/** A probe cell: probes on the trained encoder, on the untrained one, and on what lay between. */

import type { ImageSet } from "../../datasets/types.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { exportWeights } from "../../engine/nn/weights.ts";
import { encodeSafetensors } from "../../engine/files/safetensors.ts";
import { release } from "../../engine/graph/variables.ts";
import { accuracyOf, evaluateClean } from "../../paradigms/evaluate.ts";
import { type Probe, trainProbe } from "../../paradigms/probe.ts";
import type { CellOutcome, ProbeCell } from "../plan/cell.ts";
import { PhaseLog } from "../record/phases.ts";
import type { Metric } from "../records/mod.ts";
import { sha256Hex } from "../../common/sha256.ts";
import { measureCurve } from "./curve.ts";
import { learnerFor, putWeights, settingsOf, type TrainedNetwork } from "./network.ts";
import { exportHead } from "./probe_head.ts";
import { ProbeState } from "./probe_state.ts";
import type { CellTask, NetworkTask } from "./task.ts";
import { warnNotFinite } from "./warn_not_finite.ts";

/** What the parts of a probe cell work with. */
export interface ProbeTask extends NetworkTask<ProbeCell> {
  readonly network: TrainedNetwork;
}

/** Trains the probes, keeps that of the trained encoder, and judges them on the natural test set. */
export async function probeCell(gpu: Gpu, given: CellTask<ProbeCell>): Promise<CellOutcome> {
  const { cell, context, dataset } = given, [trained, constructed] = cell.inputs;
  const network = context.outputs.get(trained) as TrainedNetwork;
  const set = constructed === undefined ? dataset.train : context.outputs.get(constructed) as ImageSet;
  const phases = new PhaseLog(gpu);
  const learner = learnerFor(settingsOf(cell), { set, seed: cell.seed });
  const task: ProbeTask = { ...given, network, learner, set, phases };
  try {
    const state = await ProbeState.load(context, phases);
    const untrained = cell.config.probe.untrained ? await untrainedAccuracy(gpu, task, state) : {};
    const curve = await measureCurve(gpu, task, state);
    putWeights(gpu, learner, network);
    const before = await hashOf(gpu, task);
    const { probe, accuracy } = await trainAndJudge(gpu, task);
    const after = await hashOf(gpu, task);
    const head = await exportHead(gpu, probe);
    probe.dispose();
    await context.artifact("probe", "probe.safetensors", encodeSafetensors(head));
    context.outputs.set(cell.name, head);
    return {
      metrics: {
        ...untrained,
        ...curve,
        probeAccuracy: { value: accuracy, unit: "fraction" },
        peakBytes: { value: phases.peakBytes, unit: "bytes" },
        flops: { value: phases.flops, unit: "1" },
      },
      checks: [{
        name: "encoder unchanged by the probe",
        passed: before === after && (before === network.sha256 || network.sha256 === ""),
        detail: `sha256 of the weights ${before} before, ${after} after`,
      }],
      phases: phases.phases,
    };
  } finally {
    release(gpu, [...learner.parameters, ...learner.buffers]);
  }
}

/** The same probe on the encoder before its training: the learner as it is made. */
async function untrainedAccuracy(
  gpu: Gpu,
  task: ProbeTask,
  state: ProbeState,
): Promise<Record<string, Metric>> {
  if (state.untrained === null) {
    const { probe, accuracy } = await trainAndJudge(gpu, task);
    probe.dispose();
    state.untrained = accuracy;
    await state.keep();
  }
  return { untrainedProbeAccuracy: { value: state.untrained, unit: "fraction" } };
}

async function trainAndJudge(gpu: Gpu, task: ProbeTask): Promise<{ probe: Probe; accuracy: number }> {
  const { cell, context, dataset, learner, set, phases } = task;
  const { probe: config, batchSize } = cell.config;
  context.signal.throwIfAborted();
  const report = (done: number) => {
    context.signal.throwIfAborted();
    context.progress({ label: "probe", done, total: set.count, unit: "images" });
  };
  return await phases.measure("probe", set.count + dataset.test.count, async () => {
    const probe = await trainProbe(gpu, { ...config, learner, set, seed: cell.seed, onProgress: report });
    const outcome = await evaluateClean(gpu, {
      logits: probe.logits,
      set: dataset.test,
      batchSize,
      onProgress: () => context.signal.throwIfAborted(),
      onNotFinite: warnNotFinite(context, dataset.test),
    });
    return { probe, accuracy: accuracyOf(outcome) };
  });
}

async function hashOf(gpu: Gpu, { learner }: ProbeTask): Promise<string> {
  return sha256Hex(encodeSafetensors(await exportWeights(gpu, learner)));
}
