import type { CellKey } from "../plan/cell_key.ts";
import type { Surroundings } from "../adapter/surroundings.ts";
import type { WorkerSetup } from "./messages.ts";
import type { CellPool } from "./pool.ts";
import { WorkerProcess } from "./worker_process.ts";

/** What a pool of workers is made with. */
export interface WorkerPoolOptions {
  /** The worker's program: it ends in a call of `runWorker`. */
  readonly program: URL;
  /** How many cells run at once. */
  readonly jobs: number;
  /** Threads of the software adapter in each worker, unless LP_NUM_THREADS says so already; null leaves it to both. */
  readonly threads: number | null;
  readonly setup: WorkerSetup;
  /** Keys of the cells, by name. */
  readonly keys: ReadonlyMap<string, Pick<CellKey, "key">>;
  /** What each worker has to find. */
  readonly expected: Surroundings;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

/**
 * Runs each cell in a process of its own choosing among `jobs`, which are started when they are first needed and take
 * cell after cell. A process that ends is replaced. What cells leave for each other goes through the run folder.
 */
export function workerPool(options: WorkerPoolOptions): CellPool {
  const workers = new Set<WorkerProcess>(), idle: WorkerProcess[] = [];
  const stop = () => workers.forEach((worker) => worker.stop());
  options.signal.addEventListener("abort", stop);
  return {
    jobs: options.jobs,
    async run(cell, { inputs, hooks }) {
      let worker = idle.pop();
      while (worker !== undefined && !worker.alive) worker = idle.pop();
      try {
        worker ??= new WorkerProcess(options);
      } catch (error) {
        const reason = `Cannot start a worker process: ${error instanceof Error ? error.message : error}`;
        return { kind: "failed", reason, report: null, earlierMs: 0 };
      }
      workers.add(worker);
      if (options.signal.aborted) worker.stop();
      const ending = await worker.run(cell, { inputs, key: options.keys.get(cell.name)!.key, hooks });
      if (worker.alive) idle.push(worker);
      else workers.delete(worker);
      return ending;
    },
    async close() {
      options.signal.removeEventListener("abort", stop);
      await Promise.all([...workers].map((worker) => worker.close()));
      workers.clear();
      idle.length = 0;
    },
  };
}
