/** Fetches the packages that are measured, on first use. */

import { PROJECT_ROOT } from "../record/env.ts";
import { EXIT, UsageError } from "../../common/usage_error.ts";
import { lastWords } from "../../common/child/last_words.ts";
import { PACKAGES_CONFIG } from "./peer_list.ts";

/** Runs a command and says how it ended; tests have their own. */
export type RunCommand = (
  program: string,
  args: readonly string[],
  signal: AbortSignal,
) => Promise<{ success: boolean; stderr: string }>;

/**
 * Fetches what `packages/deno.lock` lists into Deno's cache, unless it is there.
 *
 * @param options.say Told once that packages are fetched.
 * @throws {UsageError} If they cannot be fetched.
 * @throws The signal's reason on an abort.
 */
export async function installPackages(
  { say, signal }: { readonly say: (text: string) => void; readonly signal: AbortSignal },
  runCommand: RunCommand = runHere,
): Promise<void> {
  const install = ["install", "--quiet", "--frozen", "--config", PACKAGES_CONFIG];
  if ((await runCommand(Deno.execPath(), [...install, "--cached-only"], signal)).success) return;
  signal.throwIfAborted();
  say("Fetching the packages of the peers\n");
  const { success, stderr } = await runCommand(Deno.execPath(), install, signal);
  if (success) return;
  signal.throwIfAborted();
  throw new UsageError(
    `Cannot fetch the packages of the peers: ${lastWords(stderr)}\n` +
      `Hint: check the network, or leave them out with option peers torch`,
    { exitCode: EXIT.failed },
  );
}

async function runHere(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ success: boolean; stderr: string }> {
  const { success, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd: PROJECT_ROOT,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    env: { NO_COLOR: "1" },
    signal,
  }).output();
  return { success, stderr: new TextDecoder().decode(stderr) };
}
