/** A real command that is stopped by a real signal, and what it takes it to be gone. */
import { fileURLToPath } from "node:url";
import { PROJECT_ROOT } from "../record/env.ts";

/** How a command ended. */
export interface Stopped {
  readonly code: number;
  /** From the signal to the exit; null where the command was faster. */
  readonly exitMs: number | null;
  /** All of stdout and stderr. */
  readonly text: string;
  /** Processes that it started, itself or through others, and that are still there after a second. On Linux. */
  readonly left: readonly number[];
}

/** What to send when. */
export interface Stop {
  readonly signal: Deno.Signal;
  /** Milliseconds after the start, or what the command says first. */
  readonly at: number | RegExp;
}

/** A variable in the environment that marks a command and all that it starts. */
const MARK = "REALFEATURES_STOPPED";

/**
 * Runs `deno run -A <args>` in the project and sends it a signal; without `stop` it runs to its end.
 *
 * @param args The program, from the project's folder on, and its options.
 */
export async function runAndStop(args: readonly string[], stop?: Stop): Promise<Stopped> {
  const mark = crypto.randomUUID();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", ...args],
    cwd: fileURLToPath(PROJECT_ROOT),
    env: { [MARK]: mark },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let sentAt: number | null = null, text = "";
  const send = () => {
    if (stop === undefined || sentAt !== null) return;
    sentAt = performance.now();
    try {
      child.kill(stop.signal);
    } catch {
      sentAt = null; // it has ended just now
    }
  };
  const hear = async (stream: ReadableStream<Uint8Array>) => {
    for await (const part of stream.pipeThrough(new TextDecoderStream() as never)) {
      text += part;
      if (stop?.at instanceof RegExp && stop.at.test(text)) send();
    }
  };
  const timer = typeof stop?.at === "number" ? setTimeout(send, stop.at) : undefined;
  const heard = [child.stdout, child.stderr].map(hear);
  const { code } = await child.status;
  const exitMs = sentAt === null ? null : performance.now() - sentAt;
  clearTimeout(timer);
  await Promise.all(heard);
  let left = await marked(mark);
  for (const until = performance.now() + 1000; left.length > 0 && performance.now() < until;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    left = await marked(mark);
  }
  return { code, exitMs, text, left };
}

/** Numbers of the processes that carry a mark. Deno reads `/proc` only with all permissions, so `grep` does. */
async function marked(mark: string): Promise<number[]> {
  if (Deno.build.os !== "linux") return [];
  const args = ["-c", 'grep -lsaF -- "$1" /proc/[0-9]*/environ', "sh", `${MARK}=${mark}`];
  const { stdout } = await new Deno.Command("sh", { args, stderr: "null" }).output();
  return [...new TextDecoder().decode(stdout).matchAll(/\d+/g)].map(([number]) => Number(number));
}
