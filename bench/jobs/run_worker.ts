import type { OpenWorkbench } from "../plan/cell.ts";
import { linesOf, sayToParent } from "../../common/child/json_lines.ts";
import { serve } from "./serve.ts";

/** What tells a worker to stop: heard at once, where a line may take a second to be heard in the midst of work. */
export const STOP_SIGNAL = Deno.build.os === "windows" ? null : "SIGUSR2";

/**
 * Connects a worker to its standard streams, and ends the process when its input does: the process of the command has
 * closed it, or is gone. Ctrl-C and SIGTERM are for that process to answer, which tells its workers.
 */
export async function runWorker(openWorkbench: OpenWorkbench): Promise<never> {
  Deno.addSignalListener("SIGINT", () => {});
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", () => {});
  const stop = new AbortController();
  if (STOP_SIGNAL !== null) Deno.addSignalListener(STOP_SIGNAL, () => stop.abort());
  await serve({ openWorkbench, lines: linesOf(Deno.stdin.readable), say: sayToParent, stop });
  Deno.exit(0);
}
