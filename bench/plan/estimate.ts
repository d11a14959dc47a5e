/** What a plan will cost, from profiles of its cells. */
import { datasetOf } from "../../datasets/registry.ts";
import { EVALUATION_ATTACKS } from "../../paradigms/attacks/registry.ts";
import type { AttackCell, CellDescription, ConstructCell, ProbeCell, TrainCell } from "./cell.ts";
import type { Phase, PhaseName } from "../record/phases.ts";

/** What a profile of a cell found. */
export interface Profile {
  readonly phases: readonly Phase[];
  /** What does not grow with the number of images: recording, memory. */
  readonly setUpMs: number;
  /** What only the first cell of its kind has to do: making the shaders. */
  readonly firstMs: number;
  readonly peakBytes: number;
  /** Whether smaller batches stood for those of the cell. Default: false. */
  readonly extrapolated?: boolean;
}

/** What a cell is expected to cost. */
export interface CellEstimate {
  readonly name: string;
  /** Multiplications and additions. */
  readonly flops: number;
  /** Peak device memory. */
  readonly peakBytes: number;
  readonly durationMs: number;
  /** Whether smaller batches stood for its own. */
  readonly extrapolated?: boolean;
}

/** Units of each kind of work in a whole cell; see {@linkcode PhaseName}. */
export type Units = Readonly<Partial<Record<PhaseName, number>>>;

/**
 * Cells of one kind cost the same for each image, whatever set and seed they work on: those that share this key need
 * one profile.
 */
export function profileKey(cell: CellDescription): string {
  const { config } = cell;
  const alike = cell.kind === "train"
    ? { ...cell.config, snapshots: [] }
    : cell.kind === "probe"
    ? { ...cell.config, probe: { ...cell.config.probe, untrained: false } }
    : config;
  return JSON.stringify([cell.kind, cell.paradigm, alike]);
}

/** The work of a cell. `counts` are the numbers of images of the constructed sets by the names of their cells. */
export function unitsOf(cell: CellDescription, counts: ReadonlyMap<string, number>): Units {
  switch (cell.kind) {
    case "train":
      return trainUnits(cell, counts);
    case "probe":
      return probeUnits(cell, counts);
    case "attack":
      return attackUnits(cell);
    case "construct":
      return constructUnits(cell);
  }
}

function trainUnits({ config, inputs }: TrainCell, counts: ReadonlyMap<string, number>): Units {
  const { dataset, training: { epochs, batchSize } } = config;
  const count = inputs.length === 0 ? dataset.trainSize : counts.get(inputs[0])!;
  return { train: epochs * Math.floor(count / batchSize) * batchSize, other: 1 };
}

function probeUnits({ config, inputs }: ProbeCell, counts: ReadonlyMap<string, number>): Units {
  const { dataset: { trainSize, testSize }, probe, curve } = config;
  const count = inputs.length < 2 ? trainSize : counts.get(inputs[1])!;
  const few = Math.max(probe.curveImages, Math.min(probe.batchSize, count));
  const looks = curve.length * (Math.min(few, count) + Math.min(few, testSize));
  return { probe: (probe.untrained ? 2 : 1) * (count + testSize) + looks };
}

function attackUnits({ config: { dataset, evaluation } }: AttackCell): Units {
  const { classes, hasCues } = datasetOf(dataset);
  const steps = EVALUATION_ATTACKS.map(({ key, plannedSteps }) => {
    const config = evaluation[key];
    return config === undefined || config === null
      ? 0
      : plannedSteps(config, { testSize: dataset.testSize, classes });
  });
  return {
    clean: hasCues ? 2 * dataset.testSize : 0,
    attack: steps.reduce((sum, count) => sum + count, 0),
  };
}

function constructUnits({ config: { construction: { count, steps } } }: ConstructCell): Units {
  return { construct: count * steps };
}

/** The cost of a whole cell: of each kind of work the units times what one cost in profile. */
export function estimateCell(
  { name, units, first }: { name: string; units: Units; first: boolean },
  profile: Profile,
): CellEstimate {
  let durationMs = profile.setUpMs + (first ? profile.firstMs : 0), flops = 0;
  for (const phase of profile.phases) {
    const times = (units[phase.name] ?? 0) / phase.units;
    durationMs += times * phase.durationMs;
    flops += times * phase.flops;
  }
  const { peakBytes, extrapolated } = profile;
  return { name, flops, peakBytes, durationMs, ...(extrapolated && { extrapolated }) };
}

/** Images of each constructed set, by the name of the cell that makes it. */
export function setCounts(cells: readonly CellDescription[]): Map<string, number> {
  return new Map(
    cells.flatMap((cell) => cell.kind === "construct" ? [[cell.name, cell.config.construction.count]] : []),
  );
}
