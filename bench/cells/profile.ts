/** A profile: a cell on a few images, to learn what a unit of each kind of its work costs on this device. */

import { type Dataset, subset } from "../../datasets/types.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { exportWeights } from "../../engine/nn/weights.ts";
import { release } from "../../engine/graph/variables.ts";
import { EVALUATION_ATTACKS } from "../../paradigms/attacks/registry.ts";
import { newHead } from "../../paradigms/linear_head.ts";
import { paradigmOf } from "../../paradigms/registry.ts";
import type {
  AttackCell,
  CellContext,
  CellDescription,
  CellOutcome,
  ConstructCell,
  ProbeCell,
  TrainCell,
} from "../plan/cell.ts";
import type { Profile } from "../plan/estimate.ts";
import type { Artifact } from "../records/mod.ts";
import { NO_CHECKPOINT } from "../store/checkpoint_file.ts";
import { runCellOf } from "./kinds.ts";
import { extractorOf, learnerFor, settingsOf, type TrainedNetwork } from "./network.ts";
import { exportHead } from "./probe_head.ts";

/** Parameters of a network times images of a batch, above which smaller batches stand for those of the cell. */
const MAX_AT_ONCE = 2e8;

/** Images of the smaller of two batches that show how memory grows. */
const FEW = 2;

/**
 * Runs a cell twice on a few images: the first time makes the shaders, the second is measured. Writes nothing. Where the
 * batches of the cell would take long or much memory, batches of four images stand for them: an image is assumed
 * to take the same work, and memory to grow linearly with the batch, as it does from two images to four.
 */
export async function profile(
  gpu: Gpu,
  given: { cell: CellDescription; dataset: Dataset; signal: AbortSignal },
): Promise<Profile> {
  const { cell, dataset } = given, size = batchOf(cell);
  if (size <= 2 * FEW || size * parametersOf(cell, dataset) <= MAX_AT_ONCE) {
    return await profileTwice(gpu, given);
  }
  // The first of two runs holds AutoAttack, so that both sizes do.
  const less = await runOnce(gpu, { ...given, cell: withBatch(cell, FEW), extent: MIN_EXTENT, first: true });
  const small = await profileTwice(gpu, { ...given, cell: withBatch(cell, 2 * FEW), extent: MIN_EXTENT });
  const growth = Math.max(0, small.peakBytes - less.peakBytes) / FEW;
  const phases = small.phases.map((phase) =>
    phase.name === "other" ? times(phase, picturesLeftOut(cell)) : phase
  );
  return { ...small, phases, peakBytes: small.peakBytes + growth * (size - 2 * FEW), extrapolated: true };
}

/** How much of a cell is profiled: batches of training, steps of a walk. */
interface Extent {
  readonly batches: number;
  readonly steps: number;
}

const USUAL: Extent = { batches: 4, steps: 10 }, MIN_EXTENT: Extent = { batches: 1, steps: 2 };

interface Profiled {
  readonly cell: CellDescription;
  readonly dataset: Dataset;
  readonly signal: AbortSignal;
  readonly extent?: Extent;
}

async function profileTwice(gpu: Gpu, given: Profiled): Promise<Profile> {
  const first = await runOnce(gpu, { ...given, first: true }), second = await runOnce(gpu, given);
  const rest = second.durationMs - second.phases.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return {
    phases: second.phases,
    setUpMs: rest,
    firstMs: Math.max(0, first.durationMs - second.durationMs),
    peakBytes: Math.max(first.peakBytes, second.peakBytes),
  };
}

async function runOnce(
  gpu: Gpu,
  { cell, dataset, signal, extent = USUAL, first = false }: Profiled & { first?: boolean },
) {
  const small = shrink(cell, { dataset, extent });
  const startedAt = performance.now(), context = silentContext(signal);
  const run = first ? small.first ?? small.cell : small.cell;
  const { metrics, phases = [] } = await execute(gpu, { cell: run, dataset: small.dataset, context });
  const durationMs = performance.now() - startedAt;
  return { phases, durationMs, peakBytes: metrics.peakBytes.value };
}

/** Numbers in the network of a cell. */
function parametersOf(cell: CellDescription, { train }: Dataset): number {
  const settings = cell.kind === "construct" ? extractorOf(cell) : settingsOf(cell);
  const { parameters } = learnerFor(settings, { set: train, seed: 0 });
  return parameters.reduce((sum, { initial }) => sum + initial.length, 0);
}

/** Images that are on the device at once. */
function batchOf({ kind, config }: CellDescription): number {
  switch (kind) {
    case "train":
      return config.training.batchSize;
    case "probe":
      return Math.max(config.probe.batchSize, config.batchSize);
    case "attack":
      return config.evaluation.batchSize;
    case "construct":
      return config.construction.batchSize;
  }
}

/** The cell with a maximum batch size, and few pictures. */
function withBatch(cell: CellDescription, images: number): CellDescription {
  const capped = (size: number) => Math.min(size, images);
  switch (cell.kind) {
    case "train": {
      const { training, paradigm, examples } = cell.config;
      const steps = pictureSteps(cell);
      const few = steps === null
        ? paradigm
        : { ...paradigm, [steps.key]: Math.min(MIN_EXTENT.steps, steps.count) };
      return {
        ...cell,
        config: {
          ...cell.config,
          paradigm: few,
          examples: Math.min(1, examples),
          training: { ...training, batchSize: capped(training.batchSize) },
        },
      };
    }
    case "probe": {
      const { probe, batchSize } = cell.config;
      const config = { ...cell.config, probe: { ...probe, batchSize: capped(probe.batchSize) } };
      return { ...cell, config: { ...config, batchSize: capped(batchSize) } };
    }
    case "attack": {
      const { evaluation } = cell.config;
      return {
        ...cell,
        config: { ...cell.config, evaluation: { ...evaluation, batchSize: capped(evaluation.batchSize) } },
      };
    }
    case "construct": {
      const { construction } = cell.config;
      return {
        ...cell,
        config: {
          ...cell.config,
          construction: { ...construction, batchSize: capped(construction.batchSize) },
        },
      };
    }
  }
}

/** How many times the work of its pictures a whole cell has, of those that {@linkcode withBatch} leaves. */
function picturesLeftOut(cell: CellDescription): number {
  if (cell.kind !== "train") return 1;
  const steps = pictureSteps(cell);
  const more = steps === null ? 1 : Math.max(1, steps.count / MIN_EXTENT.steps);
  return Math.max(1, cell.config.examples) * more;
}

/** The setting that says how many steps the paradigm's pictures take; null where they take none. */
function pictureSteps({ paradigm, config }: TrainCell): { key: string; count: number } | null {
  const key = paradigmOf(paradigm).pictureSteps;
  return key === undefined ? null : { key, count: config.paradigm[key] as number };
}

function times(phase: Profile["phases"][number], factor: number): Profile["phases"][number] {
  return { ...phase, durationMs: phase.durationMs * factor, flops: phase.flops * factor };
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
function shrink(cell: CellDescription, { dataset, extent }: { dataset: Dataset; extent: Extent }): Small {
  switch (cell.kind) {
    case "train":
      return shrinkTraining(cell, { dataset, extent });
    case "probe":
      return shrinkProbe(cell, dataset);
    case "attack":
      return shrinkAttack(cell, { dataset, extent });
    case "construct":
      return shrinkConstruction(cell, { dataset, extent });
  }
}

/** One short epoch. */
function shrinkTraining(cell: TrainCell, { dataset, extent }: { dataset: Dataset; extent: Extent }): Small {
  const { training } = cell.config;
  return {
    cell: {
      ...cell,
      featureSet: "natural",
      inputs: [],
      config: { ...cell.config, training: { ...training, epochs: 1, warmupEpochs: 0 }, snapshots: [] },
    },
    dataset: withFew(dataset, { train: extent.batches * training.batchSize, test: dataset.test.count }),
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

/** Attacks that are not timed take part the first time: their memory counts, their time follows from a step of PGD. */
function shrinkAttack(cell: AttackCell, { dataset, extent }: { dataset: Dataset; extent: Extent }): Small {
  const { evaluation } = cell.config, { batchSize } = evaluation;
  const few = EVALUATION_ATTACKS.flatMap(({ key, profile }) => {
    const config = evaluation[key];
    if (config === undefined || config === null) return [];
    const runs = profile?.(config, { steps: extent.steps, batchSize }) ?? { first: config, timed: null };
    return [{ key, ...runs }];
  });
  const cellWith = (run: "first" | "timed"): AttackCell => {
    const attacks = Object.fromEntries(few.map((attack) => [attack.key, attack[run]]));
    return { ...cell, config: { ...cell.config, evaluation: { ...evaluation, ...attacks } } };
  };
  return {
    cell: cellWith("timed"),
    first: cellWith("first"),
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

function shrinkConstruction(
  cell: ConstructCell,
  { dataset, extent }: { dataset: Dataset; extent: Extent },
): Small {
  const { construction } = cell.config;
  const count = Math.min(construction.count, construction.batchSize);
  const small = { ...construction, count, steps: Math.min(extent.steps, construction.steps) };
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
