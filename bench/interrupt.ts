import { EXIT } from "./usage_error.ts";

/**
 * A signal that aborts on the first Ctrl-C (SIGINT) or SIGTERM, so that the current step ends and nothing half-written
 * is left. The second one leaves at once with exit code 130.
 *
 * @param say Told once that the run is stopping.
 */
export function interruptSignal(say: (text: string) => void): AbortSignal {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) Deno.exit(EXIT.interrupted);
    say("\nStopping after the current step; again to stop at once\n");
    controller.abort(new DOMException("Cannot go on: interrupted", "AbortError"));
  };
  Deno.addSignalListener("SIGINT", onSignal);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", onSignal);
  return controller.signal;
}
