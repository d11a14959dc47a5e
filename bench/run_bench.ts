import type { OpenWorkbench } from "./plan/cell.ts";
import { openWorkbench } from "./cells/mod.ts";
import { eventProgress, type RunEvent } from "./run/events.ts";
import { type NamedPreset, namedPreset } from "./named_preset.ts";
import type { RunRequest, WriteReport } from "./run/request.ts";
import { defaultRunDir, run } from "./run/run.ts";

/** What {@linkcode runBench} runs. */
export interface RunBenchOptions
  extends
    NamedPreset,
    Partial<Pick<RunRequest, "outDir" | "resume" | "choices" | "backend" | "only" | "reuse">> {
  /** Cells at once, each in a process of its own from 2 on; null for what suits the adapter. Default: 1. */
  readonly jobs?: number | null;
  /** Abort it to stop after the current step. */
  readonly signal?: AbortSignal;
  /** Makes the page, such as `writeReport` of `reports/mod.ts`. Default: no page. */
  readonly writeReport?: WriteReport | null;
  /** Opens device and data. Default: the real ones. */
  readonly openWorkbench?: OpenWorkbench;
}

/**
 * Runs a preset and tells what happens, event by event; the last is "ended" and holds the result. Events that nobody has
 * taken yet wait; of the progress of a cell the latest alone. Leaving the loop stops the run after its current step:
 * what is finished stays, and the same options with `resume` go on.
 *
 * @throws {UsageError} If the preset cannot be read, or lacks its data; or as `run` does: the folder cannot be written, or
 * holds a run that is not to be resumed.
 * @throws {NoAdapterError} If no adapter answers.
 *
 * @example
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { hasGpu } from "../engine/mod.ts";
 * import { parsePreset } from "./config/parse_preset.ts";
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
  const { signal, jobs = 1, dataDir = null, writeReport = null } = options;
  const preset = await namedPreset(options);
  const outDir = options.outDir ?? defaultRunDir(preset.name, new Date());
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
  const ended = run({ ...options, preset, outDir, dataDir, jobs, command: "runBench()" }, {
    openWorkbench: options.openWorkbench ?? openWorkbench,
    writeReport,
    progress: eventProgress(tell),
    signal: controller.signal,
    worker: new URL("./jobs/worker.ts", import.meta.url),
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
