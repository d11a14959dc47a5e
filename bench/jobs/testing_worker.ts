/** A worker program whose cells compute nothing, for tests: the data folder's name says what each cell does. */
import type { CellContext, CellDescription, CellOutcome, OpenWorkbench } from "../plan/cell.ts";
import { chained, fakeWorkbench, restoreChained } from "../testing.ts";
import { runWorker } from "./run_worker.ts";

/**
 * What a cell does in addition to {@linkcode chained}: ends the process by a signal or an exit code; throws an error
 * with or without an explanation; finds a NaN; waits to be stopped; meets another cell: waits
 * until that one runs too.
 */
export type Act = "kill" | "exit" | "explained" | "bug" | "nan" | "wait" | `meet ${string}`;

/** The data folder under which workers do such things. */
export function actsFolder(acts: Readonly<Record<string, Act>>): string {
  return JSON.stringify(acts);
}

async function act(what: Act | undefined, cell: CellDescription, context: CellContext): Promise<CellOutcome> {
  context.warn("made up");
  context.progress({ label: "train", done: 1, total: 2, unit: "images" });
  const outcome = await chained(cell, context);
  if (what === "kill") Deno.kill(Deno.pid, "SIGKILL");
  if (what === "exit") {
    await Deno.stderr.write(new TextEncoder().encode("thread panicked\n"));
    Deno.exit(3);
  }
  if (what === "explained") throw new RangeError("Cannot train: the loss is NaN, at step 3");
  if (what === "bug") throw new Error("oops");
  if (what === "nan") return { metrics: { trainLoss: { value: NaN, unit: "1" } } };
  if (what === "wait") {
    context.warn(`works in ${Deno.pid}`);
    context.progress({ label: "train", done: 2, total: 2, unit: "images" });
    await until(() => false, context.signal);
  }
  if (what?.startsWith("meet ")) {
    const other = `${context.runDir}/artifacts/${what.slice(5)}`;
    await until(() => Deno.stat(other).then(() => true, () => false), context.signal);
  }
  return outcome;
}

/** Waits for something, for ten seconds at most. */
async function until(there: () => boolean | Promise<boolean>, signal: AbortSignal): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    signal.throwIfAborted();
    if (await there()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new RangeError("Cannot continue: nothing came in ten seconds");
}

const open: OpenWorkbench = (preset, options) => {
  const acts = JSON.parse(options.dataDir ?? "{}") as Record<string, Act>;
  if ("open" in acts) throw new RangeError("Cannot read CIFAR-10: cut short");
  const execute = (cell: CellDescription, context: CellContext) => act(acts[cell.name], cell, context);
  if (options.dataFile !== undefined) options.note?.(`data ${Deno.readTextFileSync(options.dataFile)}`);
  const readPath = "variant" in acts ? "texture" : "buffer";
  return fakeWorkbench(execute, { readPath, restoreOutput: restoreChained })(preset, options);
};

if (import.meta.main) await runWorker(open);
