/** The loop of a peer's process: requests in, replies out. */

import type { Backend } from "../../engine/device/backend.ts";
import { linesOf, parseMessage, sayToParent } from "../../common/child/json_lines.ts";
import { type Inputs, readInputs } from "./input_file.ts";
import type { PeerFailure, PeerIdentity, PeerRequest, WorkloadChecks, WorkloadName } from "./protocol.ts";

/** A prepared workload: its first results, and the function that repeats it. */
export interface ReadyWorkload extends WorkloadChecks {
  /** Does it `steps` times; resolves when the last result is there. */
  readonly run: (steps: number) => Promise<void>;
}

/** A package with its device open. */
export interface OpenPeer extends PeerIdentity {
  readonly prepare: (workload: WorkloadName, inputs: Inputs) => Promise<ReadyWorkload>;
}

/** Where requests come from and replies go. */
export interface Channel {
  readonly input: ReadableStream<Uint8Array>;
  readonly write: (reply: object) => void;
}

/**
 * Answers requests until one says stop or the input ends. An error of a workload is a reply and ends nothing.
 *
 * @param open Opens the package's device; called on the request "open".
 * @param channel Default: standard input and output of the process, which then leaves Ctrl-C to the one that started it.
 */
export async function serve(
  open: (backend: Backend | null) => Promise<OpenPeer>,
  channel: Channel = ownChannel(),
): Promise<void> {
  let peer: OpenPeer | null = null;
  const workloads = new Map<WorkloadName, ReadyWorkload>();
  const answer = async (request: PeerRequest): Promise<object> => {
    if (request.do === "stop") return {};
    if (request.do === "open") {
      const { version, backend, device, ...rest } = peer = await open(request.backend ?? null);
      return { ...rest, version, backend, device };
    }
    if (request.do === "setup") {
      if (peer === null) throw new TypeError(`Cannot prepare ${request.workload}: the peer is not open`);
      const ready = await peer.prepare(request.workload, await readInputs(request.inputs));
      workloads.set(request.workload, ready);
      return { checks: ready.checks };
    }
    const ready = workloads.get(request.workload);
    if (ready === undefined) throw new TypeError(`Cannot time ${request.workload}: it is not prepared`);
    const from = performance.now();
    await ready.run(request.steps);
    return { ms: (performance.now() - from) / request.steps };
  };
  for await (const line of linesOf(channel.input)) {
    const request = parseMessage<PeerRequest & { id: number }>(line);
    if (request === null) continue;
    const reply = await answer(request).catch((error): PeerFailure =>
      error instanceof Error
        ? { error: error.message, name: error.name }
        : { error: `${error}`, name: "Error" }
    );
    channel.write({ id: request.id, ...reply });
    if (request.do === "stop") return;
  }
}

function ownChannel(): Channel {
  Deno.addSignalListener("SIGINT", () => {});
  return { input: Deno.stdin.readable, write: sayToParent };
}
