/** A rehearsal: a cell on a few images, to learn what a unit of each kind of its work costs on this device. */

import { type Dataset, subset } from "../../datasets/types.ts";
import type { Gpu } from "../../engine/device.ts";
import { exportWeights } from "../../engine/nn/weights.ts";
import type { CellContext, CellDescription, CellOutcome, ConstructCell, TrainCell } from "../cell.ts";
import type { Rehearsal } from "../estimate.ts";
import type { Artifact } from "../schema.ts";
import { constructCell } from "./construct.ts";
import { extractorOf, learnerFor, type TrainedNetwork } from "./network.ts";
import { trainCell } from "./train.ts";

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
  const small = cell.kind === "train" ? shrinkTraining(cell, dataset) : shrinkConstruction(cell, dataset);
  const run = async () => {
    const startedAt = performance.now();
    const context = silentContext(signal);
    const outcome = await execute(gpu, { ...small, context });
    return { outcome, durationMs: performance.now() - startedAt };
  };
  const first = await run(), second = await run();
  const phases = second.outcome.phases ?? [];
  const rest = second.durationMs - phases.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return {
    phases,
    setUpMs: rest,
    firstMs: Math.max(0, first.durationMs - second.durationMs),
    peakBytes: second.outcome.metrics.peakBytes.value,
  };
}

interface Small {
  readonly cell: CellDescription;
  readonly dataset: Dataset;
}

async function execute(
  gpu: Gpu,
  { cell, dataset, context }: Small & { context: CellContext },
): Promise<CellOutcome> {
  if (cell.kind === "train") return await trainCell(gpu, { cell, dataset, context });
  const learner = learnerFor(extractorOf(cell), { set: dataset.train, seed: 0 });
  const network: TrainedNetwork = { weights: await exportWeights(gpu, learner), sha256: "" };
  context.outputs.set(cell.inputs[0], network);
  return await constructCell(gpu, { cell, dataset, context });
}

/** One short epoch on natural images, whatever the set: its images have the same shape. */
function shrinkTraining(cell: TrainCell, dataset: Dataset): Small {
  const { training, probe, evaluation } = cell.config;
  const count = Math.max(BATCHES * training.batchSize, 2 * (probe?.batchSize ?? 0));
  const { attack, batchSize } = evaluation;
  const { train, test, extraTests } = dataset;
  const few = (set: typeof test) => subset(set, Math.min(set.count, batchSize));
  return {
    cell: {
      ...cell,
      featureSet: "natural",
      inputs: [],
      config: {
        ...cell.config,
        training: { ...training, epochs: 1, warmupEpochs: 0 },
        probe: probe && { ...probe, curvePoints: Math.min(1, probe.curvePoints) },
        evaluation: {
          ...evaluation,
          attack: { ...attack, steps: Math.min(STEPS, attack.steps), restarts: 1 },
          // Its time follows from that of a step: see `auto_attack_cost.ts`.
          autoAttack: null,
        },
      },
    },
    dataset: {
      ...dataset,
      train: subset(train, Math.min(train.count, count)),
      test: few(test),
      ...(extraTests && {
        extraTests: {
          robustCueOnly: few(extraTests.robustCueOnly),
          nonRobustCueOnly: few(extraTests.nonRobustCueOnly),
        },
      }),
    },
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
    checkpoint: { path: "", load: () => Promise.resolve(null), save: () => Promise.resolve() },
    warn() {},
  };
}
