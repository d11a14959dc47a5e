/** The worker's side: opens its device and data once and takes cell after cell. */
import type { OpenWorkbench } from "../plan/cell.ts";
import { surroundingsOf } from "../adapter/surroundings.ts";
import { explain, formatError } from "../../common/explained.ts";
import { RunFolder } from "../store/run_folder.ts";
import { parseMessage } from "../../common/child/json_lines.ts";
import type { FromWorker, ToWorker, WorkerSetup } from "./messages.ts";
import { type Bench, performCell } from "./perform.ts";
import type { CellEnding } from "./pool.ts";

/** What a worker needs from outside. */
export interface ServeServices {
  readonly openWorkbench: OpenWorkbench;
  readonly lines: AsyncIterable<string>;
  readonly say: (message: FromWorker) => void;
  /** Abort it to stop, as the message "stop" does. */
  readonly stop?: AbortController;
}

/** Answers messages until the lines end, whatever runs then: the caller ends the process. */
export async function serve(
  { openWorkbench, lines, say, stop = new AbortController() }: ServeServices,
): Promise<void> {
  const { signal } = stop;
  let bench: Promise<Bench> = Promise.reject(new TypeError("Cannot run a cell: the worker is not open"));
  bench.catch(() => {});
  const open = async (setup: WorkerSetup): Promise<Bench> => {
    const { preset, runDir, dataDir, dataFile, variants, backend, checkpointPauseMs } = setup;
    const note = (text: string) => say({ say: "note", text });
    const workbench = await openWorkbench(preset, { dataDir, dataFile, variants, backend, signal, note });
    const folder = await RunFolder.open(runDir);
    if (folder === null) throw new RangeError(`Cannot work in ${runDir}: it holds no run`);
    say({ say: "opened", ...surroundingsOf(workbench) });
    return { workbench, folder, signal, checkpointPauseMs, outputs: new Map(), keys: new Map() };
  };
  const run = async ({ cell, key, inputs }: Extract<ToWorker, { do: "cell" }>): Promise<CellEnding> => {
    const opened = await bench;
    const ending = await performCell({ ...opened, keys: new Map([[cell.name, { key }]]) }, {
      cell,
      inputs,
      hooks: {
        started: () => say({ say: "started" }),
        progress: (update) => say({ say: "progress", update }),
        note: (text) => say({ say: "note", text }),
        warn: (text) => say({ say: "warn", text }),
        artifact: (artifact) => say({ say: "artifact", artifact }),
      },
    });
    opened.outputs.clear(); // the next cell's inputs are read from their files
    return ending;
  };
  const failed = (error: unknown): CellEnding => {
    if (signal.aborted) return { kind: "aborted" };
    const said = explain(error), report = said === null ? formatError(error) : null;
    const reason = said ?? (error instanceof Error ? error.message : String(error));
    return { kind: "failed", reason, report, earlierMs: 0 };
  };
  for await (const line of lines) {
    const message = parseMessage<ToWorker>(line);
    if (message?.do === "stop") stop.abort();
    else if (message?.do === "open") (bench = open(message)).catch(() => {}); // the first cell says why
    else if (message?.do === "cell") {
      run(message).catch(failed).then((ending) => say({ say: "ended", ending }));
    }
  }
}
