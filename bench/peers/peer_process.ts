/** A peer's process, as seen by the one that started it. */

import type { Backend } from "../../engine/device/backend.ts";
import { NoAdapterError } from "../../engine/device/device.ts";
import { killOnExit } from "../jobs/kill_on_exit.ts";
import { lastWords } from "./last_words.ts";
import { parseLine, type PeerRequest, readLines } from "./protocol.ts";

/** Something that answers requests; tests have their own. */
export interface PeerClient {
  /** @throws {Error} If the peer replies that it failed, or ends. */
  readonly ask: (request: PeerRequest) => Promise<Record<string, unknown>>;
  /** Ends it, however busy it is. */
  readonly close: () => Promise<void>;
}

/** How to start a peer. */
export interface PeerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: URL;
  /** What WebGPU computes by in the process. Default: what the process asks for. */
  readonly backend?: Backend;
}

/** Lines of a process's chatter that are kept for its error. */
const KEPT_LINES = 40;

/** How long a process may take to end by itself. */
const PATIENCE_MS = 1000;

/**
 * Starts a process that speaks the protocol.
 *
 * @param name For errors.
 * @throws {Error} If the program cannot be started.
 */
export function startPeer(name: string, { program, args, cwd, backend }: PeerCommand): PeerClient {
  let child: Deno.ChildProcess;
  try {
    const command = new Deno.Command(program, {
      args: [...args],
      cwd,
      env: backend === undefined ? {} : { DENO_WEBGPU_BACKEND: backend },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    });
    child = command.spawn();
  } catch (cause) {
    throw new Error(`Cannot start ${name}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  child.status.then(killOnExit(child));
  const said: string[] = [];
  const listening = keepLast(child.stderr, said);
  const replies = readLines(child.stdout);
  const writer = child.stdin.getWriter();
  let id = 0, ended = false;
  const send = (request: PeerRequest) =>
    writer.write(new TextEncoder().encode(JSON.stringify({ id: ++id, ...request }) + "\n"));
  return {
    ask: async (request) => {
      await send(request).catch(() => {}); // its end says more
      for (let line = await replies.next(); !line.done; line = await replies.next()) {
        const reply = parseLine(line.value);
        if (reply?.id !== id) continue;
        if (typeof reply.error === "string") throw failure(name, reply.error, reply.name);
        return reply;
      }
      const { code } = await child.status;
      await listening;
      ended = true;
      throw failure(name, `its process ended with code ${code}, ${lastWords(said.join("\n"))}`);
    },
    close: async () => {
      if (!ended) await send({ do: "stop" }).catch(() => {});
      await writer.close().catch(() => {});
      const timer = setTimeout(() => {
        try {
          child.kill("SIGKILL");
        } catch {
          // it has ended just now
        }
      }, PATIENCE_MS);
      await replies.return(undefined).catch(() => {});
      await child.stdout.cancel().catch(() => {}); // it is locked once somebody has asked
      await child.status;
      clearTimeout(timer);
      await listening;
    },
  };
}

/** An error of ours where the peer's own text is one, else one around it. */
function failure(name: string, message: string, className?: unknown): Error {
  if (className === "NoAdapterError") return new NoAdapterError(message);
  return new Error(`Cannot measure ${name}: ${message}`);
}

async function keepLast(stream: ReadableStream<Uint8Array>, lines: string[]): Promise<void> {
  for await (const line of readLines(stream)) {
    if (line.trim() === "") continue;
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
  }
}
