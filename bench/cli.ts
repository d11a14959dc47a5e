/** Entry point of `deno task bench`: connects {@linkcode main} to the terminal, the signals and the real work. */
import { autoAttack } from "../attacks/autoattack/mod.ts";
import { writeReport } from "../reports/mod.ts";
import { openAttackDevice } from "./attack/device.ts";
import { attack } from "./attack/mod.ts";
import { openWorkbench } from "./cells/mod.ts";
import { compare } from "./compare/mod.ts";
import { history } from "./compare/history/mod.ts";
import { interruptSignal } from "./terminal/interrupt.ts";
import { main } from "./main.ts";
import { peers } from "./peers/mod.ts";
import { perf } from "./perf/mod.ts";

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

/** Commands that leave nothing half-done: a signal ends them at once, whatever they are at, as it ends any process. */
const LEAVE_AT_ONCE = ["plan", "compare", "history"];

if (import.meta.main) {
  const signal = LEAVE_AT_ONCE.includes(Deno.args[0])
    ? new AbortController().signal
    : interruptSignal((text) => writeAll(Deno.stderr, text));
  const stdout = (text: string) => writeAll(Deno.stdout, text);
  const stderr = (text: string) => writeAll(Deno.stderr, text);
  const terminal = terminalOf(Deno.stderr);
  const code = await main(Deno.args, {
    openWorkbench,
    attack: (args) =>
      attack(args, { openDevice: openAttackDevice(autoAttack), stdout, stderr, signal, terminal }),
    peers: (args) => peers(args, { stdout, stderr: (text) => writeAll(Deno.stderr, text), signal }),
    writeReport: (runDir) => writeReport(runDir),
    worker: new URL("./jobs/worker.ts", import.meta.url),
    perf: (args) => perf(args, { stdout, stderr, signal }),
    compare: (args) => compare(args, { stdout }),
    history: (args) => history(args, { stdout, stderr }),
    signal,
    stdout,
    stderr,
    terminal,
  });
  Deno.exit(code);
}
