/** A peer's process, as seen by the one that started it. */

import type { Backend } from "../../engine/device/backend.ts";
import { NoAdapterError } from "../../engine/device/device.ts";
import { type ChildEnd, JsonChild } from "../../common/child/json_child.ts";
import type { PeerRequest } from "./protocol.ts";

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

/** How long a process may take to end by itself. */
const PATIENCE_MS = 1000;

/**
 * Starts a process that speaks the protocol.
 *
 * @param name For errors.
 * @throws {Error} If the program cannot be started.
 */
export function startPeer(name: string, { program, args, cwd, backend }: PeerCommand): PeerClient {
  const waiting = new Map<number, (reply: Reply) => void>();
  let child: JsonChild<Reply>, end: ChildEnd | null = null, id = 0;
  try {
    const env: Record<string, string> = backend === undefined ? {} : { DENO_WEBGPU_BACKEND: backend };
    child = new JsonChild<Reply>({ program, args, cwd, env }, {
      onMessage: (reply) => waiting.get(reply.id)?.(reply),
    });
  } catch (cause) {
    throw new Error(`Cannot start ${name}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  const gone = child.ended.then((found) => end = found);
  return {
    ask: async (request) => {
      const asked = ++id;
      const reply = new Promise<Reply>((resolve) => waiting.set(asked, resolve));
      child.send({ id: asked, ...request });
      const found = await Promise.race([reply, gone]);
      waiting.delete(asked);
      if (!("id" in found)) {
        throw failure(name, `its process ended with code ${found.code}, ${found.lastWords}`);
      }
      if (typeof found.error === "string") throw failure(name, found.error, found.name);
      return found;
    },
    close: async () => {
      if (end === null) child.send({ id: ++id, do: "stop" });
      await child.close(PATIENCE_MS);
    },
  };
}

/** A reply, with the number of its request. */
type Reply = Record<string, unknown> & { readonly id: number };

/** An error of ours where the peer's own text is one, else one around it. */
function failure(name: string, message: string, className?: unknown): Error {
  if (className === "NoAdapterError") return new NoAdapterError(message);
  return new Error(`Cannot measure ${name}: ${message}`);
}
