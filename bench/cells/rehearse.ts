/** A rehearsal: a cell on a few images, to learn what a unit of each kind of its work costs on this device. */

import { type Dataset, subset } from "../../datasets/types.ts";
import type { Gpu } from "../../engine/device.ts";
import { exportWeights } from "../../engine/nn/weights.ts";
import { release } from "../../engine/variables.ts";
import { newHead } from "../../paradigms/linear_head.ts";
import type {
  AttackCell,
  CellContext,
  CellDescription,
  CellOutcome,
  ConstructCell,
  ProbeCell,
  TrainCell,
} from "../plan/cell.ts";
import type { Rehearsal } from "../plan/estimate.ts";
import type { Artifact } from "../schema.ts";
import { NO_CHECKPOINT } from "../store/checkpoint_file.ts";
import { runCellOf } from "./kinds.ts";
import { extractorOf, learnerFor, settingsOf, type TrainedNetwork } from "./network.ts";
import { exportHead } from "./probe_head.ts";

/** Batches of training and steps of a walk in a rehearsal. */
const BATCHES = 4, STEPS = 10;

/**
 * Runs a cell twice on a few images, with the batch sizes and programs it will have: the first time makes the shaders,
 * the second is measured. Writes nothing.
 */
export async function rehearse(
  gpu: Gpu,
  { cell, dataset, signal }: { cell: CellDescription; dataset: Dataset; signal: AbortSignal },
): Promise<Rehearsal> {
  const small = shrink(cell, dataset);
  const run = async (cell = small.cell) => {
    const startedAt = performance.now();
    const context = silentContext(signal);
    const outcome = await execute(gpu, { cell, dataset: small.dataset, context });
    return { outcome, durationMs: performance.now() - startedAt };
  };
  const first = await run(small.first), second = await run();
  const peakOf = ({ outcome }: typeof first) => outcome.metrics.peakBytes.value;
  const phases = second.outcome.phases ?? [];
  const rest = second.durationMs - phases.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return {
    phases,
    setUpMs: rest,
    firstMs: Math.max(0, first.durationMs - second.durationMs),
    peakBytes: Math.max(peakOf(first), peakOf(second)),
  };
}

interface Small {
  readonly cell: CellDescription;
  /** What runs the first time, where more has to be made than is measured then. */
  readonly first?: CellDescription;
  readonly dataset: Dataset;
}

async function execute(
  gpu: Gpu,
  { cell, dataset, context }: Omit<Small, "first"> & { context: CellContext },
): Promise<CellOutcome> {
  if (cell.kind !== "train") {
    const settings = cell.kind === "construct" ? extractorOf(cell) : settingsOf(cell);
    const learner = learnerFor(settings, { set: dataset.train, seed: 0 });
    const weights = await exportWeights(gpu, learner), classes = dataset.train.classNames.length;
    release(gpu, [...learner.parameters, ...learner.buffers]);
    const network: TrainedNetwork = { weights, sha256: "", snapshots: [] };
    context.outputs.set(cell.inputs[0], network);
    if (cell.kind === "attack" && cell.inputs.length > 1) {
      const head = newHead(classes, learner.featureSize);
      context.outputs.set(cell.inputs[1], await exportHead(gpu, head));
      release(gpu, [head.weight, head.bias]);
    }
  }
  return await runCellOf(gpu, { cell, dataset, context });
}

/** A few natural images, whatever the set: its images have the same shape. */
function shrink(cell: CellDescription, dataset: Dataset): Small {
  switch (cell.kind) {
    case "train":
      return shrinkTraining(cell, dataset);
    case "probe":
      return shrinkProbe(cell, dataset);
    case "attack":
      return shrinkAttack(cell, dataset);
    case "construct":
      return shrinkConstruction(cell, dataset);
  }
}

/** One short epoch. */
function shrinkTraining(cell: TrainCell, dataset: Dataset): Small {
  const { training } = cell.config;
  return {
    cell: {
      ...cell,
      featureSet: "natural",
      inputs: [],
      config: { ...cell.config, training: { ...training, epochs: 1, warmupEpochs: 0 }, snapshots: [] },
    },
    dataset: withFew(dataset, { train: BATCHES * training.batchSize, test: dataset.test.count }),
  };
}

function shrinkProbe(cell: ProbeCell, dataset: Dataset): Small {
  const { probe, curve, batchSize } = cell.config;
  return {
    cell: {
      ...cell,
      featureSet: "natural",
      inputs: cell.inputs.slice(0, 1),
      config: { ...cell.config, curve: curve.slice(0, 1) },
    },
    dataset: withFew(dataset, { train: Math.max(2 * probe.batchSize, batchSize), test: batchSize }),
  };
}

/** AutoAttack takes part the first time, for a step: its memory counts, its time follows from that of a step of PGD. */
function shrinkAttack(cell: AttackCell, dataset: Dataset): Small {
  const { evaluation } = cell.config, { attack, autoAttack, batchSize } = evaluation;
  const few = { ...attack, steps: Math.min(STEPS, attack.steps), restarts: 1 };
  const withAutoAttack = (autoAttack: AttackCell["config"]["evaluation"]["autoAttack"]): AttackCell => ({
    ...cell,
    config: { ...cell.config, evaluation: { ...evaluation, attack: few, autoAttack } },
  });
  return {
    cell: withAutoAttack(null),
    first: withAutoAttack(
      autoAttack && {
        ...autoAttack,
        version: "custom",
        images: Math.min(autoAttack.images, batchSize),
        iterations: 1,
        queries: 1,
      },
    ),
    dataset: withFew(dataset, { train: dataset.train.count, test: batchSize }),
  };
}

/** The first images of each set. */
function withFew(dataset: Dataset, counts: { train: number; test: number }): Dataset {
  const { train, test, extraTests } = dataset;
  const few = (set: typeof test, count: number) => subset(set, Math.min(set.count, count));
  return {
    ...dataset,
    train: few(train, counts.train),
    test: few(test, counts.test),
    ...(extraTests && {
      extraTests: {
        robustCueOnly: few(extraTests.robustCueOnly, counts.test),
        nonRobustCueOnly: few(extraTests.nonRobustCueOnly, counts.test),
      },
    }),
  };
}

function shrinkConstruction(cell: ConstructCell, dataset: Dataset): Small {
  const { construction } = cell.config;
  const count = Math.min(construction.count, construction.batchSize);
  const small = { ...construction, count, steps: Math.min(STEPS, construction.steps) };
  return {
    cell: { ...cell, config: { ...cell.config, construction: small } },
    // A start differs from its target: there have to be two images at least.
    dataset: { ...dataset, train: subset(dataset.train, Math.min(dataset.train.count, count + 1)) },
  };
}

/** A context whose cell leaves nothing behind. */
function silentContext(signal: AbortSignal): CellContext {
  return {
    runDir: "",
    signal,
    outputs: new Map(),
    progress() {},
    artifact: (kind, path): Promise<Artifact> => Promise.resolve({ kind, path, sha256: "" }),
    checkpoint: NO_CHECKPOINT,
    warn() {},
  };
}
