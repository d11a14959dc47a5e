/** The `bench` command: from arguments to an exit code. What it needs from outside is passed in. */
import { runProgram } from "../../common/command_line/mod.ts";
import { formatError } from "../../common/explained.ts";
import { EXIT } from "../../common/usage_error.ts";
import { NoAdapterError } from "../../engine/device/device.ts";
import { interruptedCode } from "../terminal/interrupt.ts";
import type { BenchServices } from "./services.ts";
import { BENCH } from "./table.ts";

/**
 * Runs the command that the arguments name.
 *
 * @returns The exit code, one of {@linkcode EXIT}. Never throws: mistakes show as their message alone, bugs with their
 * stack trace.
 */
export function main(args: readonly string[], services: BenchServices): Promise<number> {
  return runProgram(BENCH, args, {
    services,
    answer(error) {
      const { signal } = services;
      if (signal.aborted) {
        return {
          text: "Interrupted before the first result, nothing is written",
          exitCode: interruptedCode(signal),
        };
      }
      return error instanceof NoAdapterError ? { text: formatError(error), exitCode: EXIT.noAdapter } : null;
    },
  });
}
