/** The loop of a peer's process: requests in, replies out. */

import type { Backend } from "../../engine/device/backend.ts";
import { type Inputs, readInputs } from "./input_file.ts";
import {
  parseLine,
  type PeerFailure,
  type PeerIdentity,
  type PeerRequest,
  readLines,
  type WorkChecks,
  type WorkName,
} from "./protocol.ts";

/** A piece of work that is ready: its first results, and how to do it again. */
export interface ReadyWork extends WorkChecks {
  /** Does it `steps` times; resolves when the last result is there. */
  readonly run: (steps: number) => Promise<void>;
}

/** A package with its device open. */
export interface OpenPeer extends PeerIdentity {
  readonly prepare: (work: WorkName, inputs: Inputs) => Promise<ReadyWork>;
}

/** Where requests come from and replies go. */
export interface Channel {
  readonly input: ReadableStream<Uint8Array>;
  readonly write: (line: string) => void;
}

/**
 * Answers requests until one says stop or the input ends. Errors of the work are replies, not ends.
 *
 * @param open Opens the package's device; called on the request "open".
 * @param channel Default: standard input and output of the process, which then leaves Ctrl-C to the one that started it.
 */
export async function serve(
  open: (backend: Backend | null) => Promise<OpenPeer>,
  channel: Channel = ownChannel(),
): Promise<void> {
  let peer: OpenPeer | null = null;
  const works = new Map<WorkName, ReadyWork>();
  const answer = async (request: PeerRequest): Promise<object> => {
    if (request.do === "stop") return {};
    if (request.do === "open") {
      const { version, backend, device, ...rest } = peer = await open(request.backend ?? null);
      return { ...rest, version, backend, device };
    }
    if (request.do === "setup") {
      if (peer === null) throw new TypeError(`Cannot prepare ${request.work}: the peer is not open`);
      const ready = await peer.prepare(request.work, await readInputs(request.inputs));
      works.set(request.work, ready);
      return { checks: ready.checks };
    }
    const ready = works.get(request.work);
    if (ready === undefined) throw new TypeError(`Cannot time ${request.work}: it is not prepared`);
    const from = performance.now();
    await ready.run(request.steps);
    return { ms: (performance.now() - from) / request.steps };
  };
  for await (const line of readLines(channel.input)) {
    const request = parseLine(line) as (PeerRequest & { id: number }) | null;
    if (request === null) continue;
    const reply = await answer(request).catch((error): PeerFailure =>
      error instanceof Error
        ? { error: error.message, name: error.name }
        : { error: `${error}`, name: "Error" }
    );
    channel.write(JSON.stringify({ id: request.id, ...reply }));
    if (request.do === "stop") return;
  }
}

function ownChannel(): Channel {
  Deno.addSignalListener("SIGINT", () => {});
  return {
    input: Deno.stdin.readable,
    write: (line) => {
      const bytes = new TextEncoder().encode(line + "\n");
      for (let done = 0; done < bytes.length;) done += Deno.stdout.writeSync(bytes.subarray(done));
    },
  };
}
