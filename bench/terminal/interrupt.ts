import { EXIT, type ExitCode } from "../../common/usage_error.ts";

/**
 * A signal that aborts on the first Ctrl-C (SIGINT) or SIGTERM, so that the current step ends and nothing half-written
 * is left. The second one leaves at once, with exit code 130 or 143.
 *
 * @param say Told once that the run is stopping.
 */
export function interruptSignal(say: (text: string) => void): AbortSignal {
  const controller = new AbortController();
  const on = (name: "SIGINT" | "SIGTERM") => () => {
    if (controller.signal.aborted) Deno.exit(codeOf(name));
    say("\nStopping after the current step; press Ctrl-C again to quit immediately\n");
    controller.abort(new Interruption(name));
  };
  Deno.addSignalListener("SIGINT", on("SIGINT"));
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", on("SIGTERM"));
  return controller.signal;
}

/** Why a run was stopped: by which signal. */
export class Interruption extends DOMException {
  readonly by: "SIGINT" | "SIGTERM";

  constructor(by: "SIGINT" | "SIGTERM") {
    super("Cannot continue: interrupted", "AbortError");
    this.by = by;
  }
}

/** The exit code of a run that was stopped: 143 by SIGTERM, else 130. */
export function interruptedCode({ reason }: AbortSignal): ExitCode {
  return codeOf(reason instanceof Interruption ? reason.by : "SIGINT");
}

function codeOf(by: "SIGINT" | "SIGTERM"): ExitCode {
  return by === "SIGTERM" ? EXIT.terminated : EXIT.interrupted;
}
