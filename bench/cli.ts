/** Entry point of `deno task bench`: connects {@linkcode main} to the terminal, the signals and the page. */
import { findCommand } from "../common/command_line/mod.ts";
import { writeReport } from "../reports/mod.ts";
import { main } from "./commands/main.ts";
import { BENCH } from "./commands/table.ts";
import { interruptSignal } from "./terminal/interrupt.ts";

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

if (import.meta.main) {
  const stdout = (text: string) => writeAll(Deno.stdout, text);
  const stderr = (text: string) => writeAll(Deno.stderr, text);
  const atOnce = findCommand(BENCH, Deno.args)?.command.stopsAtOnce ?? false;
  const signal = atOnce ? new AbortController().signal : interruptSignal(stderr);
  const terminal = terminalOf(Deno.stderr);
  Deno.exit(
    await main(Deno.args, { stdout, stderr, signal, terminal, writeReport: (dir) => writeReport(dir) }),
  );
}
