import { completeOptions, formatCommand } from "../../common/command_line/mod.ts";
import type { Backend } from "../../engine/device/backend.ts";
import { defaultVariants, type Variants } from "../adapter/variants_option.ts";
import type { OpenWorkbench } from "../plan/cell.ts";
import { openWorkbench } from "../cells/mod.ts";
import { eventProgress, type RunEvent } from "../run/events.ts";
import { type NamedPreset, namedPreset } from "./named_preset.ts";
import type { WriteReport } from "../run/request.ts";
import { defaultRunDir, run } from "../run/run.ts";
import { RUN_OPTIONS } from "./run_options.ts";

/** Program of the worker processes. */
const WORKER = new URL("../jobs/worker.ts", import.meta.url);

/** What {@linkcode runBench} runs; defaults are those of `deno task bench`. */
export interface RunBenchOptions extends NamedPreset {
  /** The run folder; it must not hold a run, unless that is resumed. Default: `runs/PRESET-TIME`. */
  readonly outDir?: string | null;
  /** Continues the stopped run in `outDir`; starts one where there is none. Default: false. */
  readonly resume?: boolean | null;
  /** Folders of runs whose finished cells are reused where keys agree, the first that has one. Default: none. */
  readonly reuse?: readonly string[] | null;
  /** Cells at once, each in a process of its own from 2 on. Default: 1; on a software adapter one per core. */
  readonly jobs?: number | null;
  /** What computes. Default: the system's own backend, never OpenGL. */
  readonly backend?: Backend | null;
  /** How to choose among an operation's variants. Default: timed on hardware, else the fixed table. */
  readonly variants?: Variants | null;
  /** Names of the cells to run, besides those that they need. Default: all. */
  readonly only?: readonly string[];
  /** For the manifest. Default: the command that does the same. */
  readonly command?: string;
  /** Abort it to stop after the current step. */
  readonly signal?: AbortSignal;
  /** Makes the page, such as `writeReport` of `reports/mod.ts`. Default: no page. */
  readonly writeReport?: WriteReport | null;
  /** Opens device and data. Default: the real ones. Another one works in this process, one cell at a time. */
  readonly openWorkbench?: OpenWorkbench;
}

/**
 * Runs a preset and tells what happens, event by event; the last is "ended" and holds the result. Unread
 * events are queued; of the progress of a cell, only the latest. Leaving the loop stops the run after its current step:
 * finished cells stay, and the same options with `resume` continue.
 *
 * @throws {UsageError} If the preset cannot be read, or lacks its data; or as `run` does: the folder cannot be written, or
 * holds a run that is not to be resumed.
 * @throws {NoAdapterError} If no adapter answers.
 *
 * @example
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { hasGpu } from "../../engine/mod.ts";
 * import { parsePreset } from "../config/parse_preset.ts";
 * import { runBench } from "./run_bench.ts";
 *
 * const preset = parsePreset(
 *   `name: tiny
 * description: a try
 * dataset: { name: planted, trainSize: 32, testSize: 16, size: 12 }
 * model: { arch: resnet8, widths: [4, 4, 4] }
 * training: { epochs: 1, batchSize: 16 }
 * featureSets: {}
 * adversarialTraining: null
 * probe: null`,
 *   { source: "tiny.yaml" },
 * );
 * if (await hasGpu()) {
 *   const outDir = await Deno.makeTempDir();
 *   for await (const event of runBench({ preset, outDir, only: ["sl/natural/seed-0"] })) {
 *     if (event.event === "finished") assert(event.record.metrics.trainLoss.value > 0);
 *     if (event.event === "ended") assertEquals(event.result.exitCode, 0);
 *   }
 *   await Deno.remove(outDir, { recursive: true });
 * }
 * ```
 */
export async function* runBench(options: RunBenchOptions = {}): AsyncGenerator<RunEvent, void, void> {
  const { signal, only, writeReport = null } = options;
  const complete = completeOptions(options, RUN_OPTIONS);
  const variants = complete.variants ?? defaultVariants(), reuse = complete.reuse ?? [];
  const preset = await namedPreset(options);
  const outDir = complete.outDir ?? defaultRunDir(preset.name, new Date());
  const command = options.command ?? formatCommand("deno task bench", { table: RUN_OPTIONS, options });
  const controller = new AbortController();
  const stop = () => controller.abort(signal?.reason);
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop);

  const queue: RunEvent[] = [];
  let wake = () => {};
  const tell = (event: RunEvent) => {
    const last = queue.at(-1);
    if (event.event === "progress" && last?.event === "progress" && last.cell === event.cell) queue.pop();
    queue.push(event);
    wake();
  };
  let running = true;
  const ended = run({ ...complete, preset, outDir, only, command, variants, reuse }, {
    openWorkbench: options.openWorkbench ?? openWorkbench,
    writeReport,
    progress: eventProgress(tell),
    signal: controller.signal,
    worker: options.openWorkbench === undefined ? WORKER : undefined,
  }).then((result) => tell({ event: "ended", result })).finally(() => {
    running = false;
    wake();
  });
  ended.catch(() => {}); // shown below
  try {
    while (running || queue.length > 0) {
      const event = queue.shift();
      if (event !== undefined) yield event;
      else await new Promise<void>((resolve) => wake = resolve);
    }
    await ended;
  } finally {
    signal?.removeEventListener("abort", stop);
    controller.abort();
    await ended.catch(() => {});
  }
}
