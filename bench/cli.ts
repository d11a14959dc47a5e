/** Entry point of `deno task bench`: connects {@linkcode main} to the terminal, the signals and the real work. */
import { writeReport } from "../reports/mod.ts";
import { openWorkbench } from "./cells/mod.ts";
import { main } from "./main.ts";
import { perf } from "./perf/mod.ts";
import { EXIT } from "./usage_error.ts";

/** Writes all of a text, whatever the stream takes at a time. */
function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let done = 0; done < bytes.length;) done += stream.writeSync(bytes.subarray(done));
}

/** The width of stderr, or null where it is not a terminal. */
function terminalOf(stream: { isTerminal(): boolean }): { columns: number } | null {
  if (!stream.isTerminal()) return null;
  try {
    return { columns: Deno.consoleSize().columns };
  } catch {
    return { columns: 80 }; // stdin and stdout lead elsewhere
  }
}

/** Aborts on the first Ctrl-C, so that the current step ends and nothing half-written is left; leaves on the second. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) Deno.exit(EXIT.interrupted);
    writeAll(Deno.stderr, "\nStopping after the current step; again to stop at once\n");
    controller.abort(new DOMException("Cannot go on: interrupted", "AbortError"));
  };
  for (const name of Deno.build.os === "windows" ? ["SIGINT"] as const : ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(name, onSignal);
  }
  return controller.signal;
}

if (import.meta.main) {
  const code = await main(Deno.args, {
    openWorkbench,
    writeReport: (runDir) => writeReport(runDir),
    perf,
    signal: interruptSignal(),
    stdout: (text) => writeAll(Deno.stdout, text),
    stderr: (text) => writeAll(Deno.stderr, text),
    terminal: terminalOf(Deno.stderr),
  });
  Deno.exit(code);
}
