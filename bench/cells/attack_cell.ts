/** An attack cell: what a trained classifier answers to clean, to attacked images and to single cues. */

import type { Gpu } from "../../engine/device/device.ts";
import { release } from "../../engine/graph/variables.ts";
import { EVALUATION_ATTACKS } from "../../paradigms/attacks/registry.ts";
import type { AttackCell, CellOutcome } from "../plan/cell.ts";
import { PhaseLog } from "../record/phases.ts";
import { measure } from "./measure.ts";
import { restoreLearner, settingsOf, type TrainedNetwork } from "./network.ts";
import { type HeadTensors, restoreProbe } from "./probe_head.ts";
import type { CellTask } from "./task.ts";

/** Measures the classifier of a network: its own where it has one, otherwise encoder and probe. */
export async function attackCell(gpu: Gpu, task: CellTask<AttackCell>): Promise<CellOutcome> {
  const { cell, context, dataset } = task, [trained, probed] = cell.inputs;
  const phases = new PhaseLog(gpu);
  const network = context.outputs.get(trained) as TrainedNetwork;
  const learner = restoreLearner(gpu, network, { settings: settingsOf(cell), set: dataset.train });
  const classes = dataset.train.classNames.length;
  const probe = probed === undefined
    ? null
    : restoreProbe(gpu, { learner, head: context.outputs.get(probed) as HeadTensors, classes });
  try {
    const logits = probe?.logits ?? learner.logits;
    if (logits === undefined || logits === null) {
      throw new TypeError(`Cannot classify: ${cell.paradigm} has no head of its own, and there is no probe`);
    }
    const { metrics, checks } = await measure(gpu, { ...task, phases, logits, attacks: EVALUATION_ATTACKS });
    return {
      metrics: {
        ...metrics,
        peakBytes: { value: phases.peakBytes, unit: "bytes" },
        flops: { value: phases.flops, unit: "1" },
      },
      checks,
      phases: phases.phases,
    };
  } finally {
    probe?.dispose();
    release(gpu, [...learner.parameters, ...learner.buffers]);
  }
}
