/** The command's side of one worker process. */
import { fileURLToPath } from "node:url";
import { type ChildEnd, JsonChild } from "../../common/child/json_child.ts";
import type { CellDescription } from "../plan/cell.ts";
import { CHILD_PERMISSIONS } from "../adapter/child_permissions.ts";
import { canonicalJson } from "../../common/canonical_json.ts";
import { PROJECT_ROOT } from "../record/env.ts";
import type { Surroundings } from "../adapter/surroundings.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import type { CellEnding, CellHooks, CellInput } from "./pool.ts";
import { STOP_SIGNAL } from "./run_worker.ts";
import type { WorkerPoolOptions } from "./worker_pool.ts";

/** Milliseconds that a worker has to end by itself. */
const PATIENCE_MS = 3000;

/** What a worker runs a cell with. */
export interface WorkerTask {
  readonly inputs: readonly CellInput[];
  /** The cell's. */
  readonly key: string;
  readonly hooks: CellHooks;
}

/** A process that runs one cell at a time. It is opened by its first line, and ends with its input. */
export class WorkerProcess {
  readonly #options: WorkerPoolOptions;
  readonly #child: JsonChild<FromWorker>;
  #cell: { readonly hooks: CellHooks; readonly end: (ending: CellEnding) => void } | null = null;
  #alive = true;
  #closing = false;
  #refusal: string | null = null;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    const { program, threads, setup } = options;
    const local = PROJECT_ROOT.protocol === "file:";
    const config = local ? ["--config", fileURLToPath(new URL("deno.json", PROJECT_ROOT))] : [];
    this.#child = new JsonChild<FromWorker>({
      program: Deno.execPath(),
      args: ["run", ...CHILD_PERMISSIONS, "--quiet", "--no-check", "--no-lock", ...config, program.href],
      env: threads === null || Deno.env.has("LP_NUM_THREADS") ? {} : { LP_NUM_THREADS: String(threads) },
    }, {
      onMessage: (message) => this.#hear(message),
      onText: (line) => options.note(line),
      onError: (line) => options.note(line),
    });
    this.#child.ended.then((end) => this.#end(end));
    this.#send({ do: "open", ...setup });
  }

  /** Whether it can take cells. */
  get alive(): boolean {
    return this.#alive;
  }

  /** Runs a cell. If the process ends meanwhile, the cell has failed. */
  run(cell: CellDescription, { inputs, key, hooks }: WorkerTask): Promise<CellEnding> {
    return new Promise((resolve) => {
      this.#cell = {
        hooks,
        end: (ending) => {
          this.#cell = null;
          resolve(ending);
        },
      };
      this.#send({ do: "cell", cell, key, inputs });
    });
  }

  /** Asks it to end its cell after the current step. */
  stop(): void {
    this.#send({ do: "stop" });
    if (STOP_SIGNAL !== null) this.#child.kill(STOP_SIGNAL);
  }

  /** Ends the process, by force where the run is stopped or it does not end by itself. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#options.signal.aborted) this.#child.kill(); // its cell has ended, and kept what it had
    await this.#child.close(PATIENCE_MS);
  }

  #send(message: ToWorker): void {
    this.#child.send(message);
  }

  #end({ code, signal }: ChildEnd): void {
    this.#alive = false;
    const reason = this.#refusal ?? lossOf(code, signal);
    const ended = this.#closing || this.#options.signal.aborted;
    this.#cell?.end(ended ? { kind: "aborted" } : { kind: "failed", reason, report: null, earlierMs: 0 });
  }

  #hear(message: FromWorker): void {
    if (this.#refusal !== null) return; // it runs until it is gone; a quick cell may have ended by then
    const hooks = this.#cell?.hooks;
    if (message.say === "opened") this.#compare(message);
    else if (message.say === "started") hooks?.started();
    else if (message.say === "progress") hooks?.progress(message.update);
    else if (message.say === "note") (hooks ?? this.#options).note(message.text);
    else if (message.say === "warn") hooks?.warn(message.text);
    else if (message.say === "artifact") hooks?.artifact(message.artifact);
    else if (message.say === "ended") this.#cell?.end(message.ending);
  }

  /** A worker that would compute other bits than the records say must not compute any. */
  #compare({ dataset, adapter, readPath }: Surroundings): void {
    const found = canonicalJson({ dataset, adapter, readPath });
    const expected = canonicalJson(this.#options.expected);
    if (found === expected) return;
    this.#refusal = `Cannot use the worker process: it found ${found}, expected ${expected}`;
    this.#child.kill();
  }
}

/** Why a cell whose process ended by itself has failed. */
function lossOf(code: number, signal: string | null): string {
  const lost = "Cannot finish the cell: its worker process";
  if (signal === null) return `${lost} ended by itself, with exit code ${code}`;
  if (signal !== "SIGKILL") return `${lost} was ended by ${signal}`;
  return `${lost} was killed (SIGKILL), perhaps for want of memory\nHint: fewer cells at once (option jobs) need less`;
}
