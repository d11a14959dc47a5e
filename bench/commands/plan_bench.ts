import type { Backend } from "../../engine/device/backend.ts";
import { completeOptions } from "../../common/command_line/mod.ts";
import { defaultVariants, type Variants } from "../adapter/variants_option.ts";
import { openWorkbench } from "../cells/mod.ts";
import type { Preset } from "../config/preset.ts";
import { machineOf, shareMachine } from "../jobs/jobs_option.ts";
import { type NamedPreset, namedPreset } from "./named_preset.ts";
import type { CellDescription, OpenWorkbench, Workbench } from "../plan/cell.ts";
import { PLAN_OPTIONS } from "./run_options.ts";
import { expand } from "../plan/plan.ts";
import { makePlan, type Plan, type ProfilingProgress } from "../plan/plan_command.ts";
import { type PlannedCell, planStates } from "../plan/plan_states.ts";

/** What {@linkcode planBench} plans. */
export interface PlanBenchOptions extends NamedPreset {
  /** A run folder: what it holds of each cell is said. Default: none, everything is to do. */
  readonly outDir?: string | null;
  /** Folders of runs whose finished cells are reused. Default: none. */
  readonly reuse?: readonly string[] | null;
  /** Cells at once; null for what suits the adapter, as the command has it. Default: null. */
  readonly jobs?: number | null;
  /** How to choose among an operation's variants. Default: timed on hardware, else the fixed table. */
  readonly variants?: Variants | null;
  /** What computes. Default: the system's own backend, never OpenGL. */
  readonly backend?: Backend | null;
  /** Told the name of each cell that is profiled. */
  readonly onCell?: (name: string, progress: ProfilingProgress) => void;
  /** Told the name of a cell that was profiled, and how long that took. */
  readonly onProfiled?: (name: string, durationMs: number) => void;
  /** Told of what cannot be used. */
  readonly note?: (text: string) => void;
  /** Abort it to stop between two profiles, or within one. */
  readonly signal?: AbortSignal;
  /** Opens device and data. Default: the real ones. */
  readonly openWorkbench?: OpenWorkbench;
}

/** What a run folder holds of the cells of a preset. */
export interface BenchStates {
  /** The preset's name. */
  readonly preset: string;
  /** In the order in which they would run. */
  readonly cells: readonly PlannedCell[];
}

/**
 * Says what a preset would run and what it would cost: `deno task bench plan`. One cell of each kind that has to run is
 * profiled for a few steps; nothing is written.
 *
 * @throws {UsageError} If the preset cannot be read, or lacks its data; if the folder holds the run of another preset's
 * name, data set or adapter; or a folder to reuse holds no run.
 * @throws {NoAdapterError} If no adapter answers.
 *
 * @example
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { hasGpu } from "../../engine/mod.ts";
 * import { parsePreset } from "../config/parse_preset.ts";
 * import { benchStates, planBench } from "./plan_bench.ts";
 *
 * const preset = parsePreset(
 *   `name: tiny
 * description: a try
 * dataset: { name: planted, trainSize: 32, testSize: 16, size: 12 }
 * model: { arch: resnet8, widths: [4, 4, 4] }
 * training: { epochs: 1, batchSize: 16 }
 * featureSets: {}
 * adversarialTraining: null
 * probe: null
 * evaluation: { autoAttack: null }`,
 *   { source: "tiny.yaml" },
 * );
 * if (await hasGpu()) {
 *   const { cells } = await benchStates({ preset });
 *   assert(cells.every(({ state }) => state === "to do"));
 *   const plan = await planBench({ preset, jobs: 1 });
 *   assertEquals(plan.cells.map(({ name }) => name), cells.map(({ name }) => name));
 *   assert(plan.durationMs > 0 && plan.flops > 0 && plan.peakBytes > 0);
 * }
 * ```
 */
export async function planBench(options: PlanBenchOptions = {}): Promise<Plan> {
  const { onCell = () => {}, onProfiled = () => {}, signal = NEVER } = options;
  const { outDir, reuse, jobs: asked } = completeOptions(options, PLAN_OPTIONS);
  return await withWorkbench(options, async ({ preset, cells, workbench }) => {
    const { jobs } = shareMachine(cells, { asked, machine: machineOf(workbench.adapter) });
    const known = outDir !== null || (reuse ?? []).length > 0;
    const states = known ? await statesOf(options, { preset, cells, workbench }) : undefined;
    return await makePlan({ preset: preset.name, cells, states, jobs }, {
      workbench,
      onCell: ({ name }, progress) => onCell(name, progress),
      onProfiled: ({ name }, durationMs) => onProfiled(name, durationMs),
      signal,
    });
  });
}

/**
 * Says which cells of a preset are done in a run folder, stale and why, or to do, without profiling the rest:
 * `deno task bench plan --states`.
 *
 * @throws {UsageError} As {@linkcode planBench} does.
 * @throws {NoAdapterError} If no adapter answers.
 */
export async function benchStates(
  options: Omit<PlanBenchOptions, "jobs" | "onCell" | "onProfiled"> = {},
): Promise<BenchStates> {
  return await withWorkbench(options, async (opened) => ({
    preset: opened.preset.name,
    cells: await statesOf(options, opened),
  }));
}

const NEVER = new AbortController().signal;

interface Opened {
  readonly preset: Preset;
  readonly cells: readonly CellDescription[];
  readonly workbench: Workbench;
}

async function withWorkbench<T>(
  options: PlanBenchOptions,
  body: (opened: Opened) => Promise<T>,
): Promise<T> {
  const {
    note = () => {},
    signal = NEVER,
    openWorkbench: open = openWorkbench,
  } = options;
  const { dataDir, backend, variants: asked } = completeOptions(options, PLAN_OPTIONS);
  const preset = await namedPreset(options), variants = asked ?? defaultVariants();
  const workbench = await open(preset, { dataDir, signal, variants, backend, note });
  try {
    return await body({ preset, cells: expand(preset), workbench });
  } finally {
    workbench.close();
  }
}

function statesOf(
  { outDir: runDir = null, reuse, note }: PlanBenchOptions,
  { preset, cells, workbench }: Opened,
): Promise<PlannedCell[]> {
  return planStates(cells, { preset, runDir, workbench, reuse: reuse ?? [], note });
}
