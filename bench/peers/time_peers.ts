/** Starts the peers, measures them and ends them. */

import type { Backend } from "../../engine/device/backend.ts";
import { gitState, machineInfo, runtimeInfo } from "../record/env.ts";
import { writeInputs } from "./input_file.ts";
import { makeInputs } from "./inputs.ts";
import { installPackages } from "./install_packages.ts";
import { measurePeers, type StartedPeer } from "./measure.ts";
import { type PeerDescription, WORKLOADS } from "./peer_list.ts";
import { type PeerClient, type PeerCommand, startPeer } from "./peer_process.ts";
import type { PeerIdentity } from "./protocol.ts";
import type { EngineIdentity } from "./engine_peer.ts";
import { type FrameworkInfo, PEERS_RECORD, type PeersRecord } from "../records/peers_record.ts";

/** What to measure. */
export interface TimePeersOptions {
  /** This engine first. */
  readonly peers: readonly PeerDescription[];
  readonly rounds: number;
  /** Null: as many as make a sample long enough. */
  readonly steps: number | null;
  /** Of this engine and of the packages; null for the system's own. */
  readonly backend?: Backend | null;
  readonly startedAt: Date;
  /** As typed, for the record. */
  readonly command: string;
  readonly signal: AbortSignal;
  /** Receives progress messages, in lines. */
  readonly say: (text: string) => void;
}

/** What it needs from outside; by default real processes and packages. */
export interface TimePeersServices {
  readonly start?: typeof startPeer;
  readonly install?: typeof installPackages;
}

/**
 * Measures the peers in processes of their own, all on the same inputs. A peer that cannot be started is recorded as
 * missing, with the reason.
 *
 * @throws {NoAdapterError} If this engine finds no adapter.
 * @throws {UsageError} If packages cannot be fetched.
 * @throws {DOMException} If it is aborted; all processes have ended then.
 */
export async function timePeers(
  options: TimePeersOptions,
  { start = startPeer, install = installPackages }: TimePeersServices = {},
): Promise<PeersRecord> {
  const { peers, rounds, steps, backend = null, startedAt, command, signal, say } = options;
  const began = performance.now();
  if (peers.some(({ isPackage }) => isPackage)) await install({ say, signal });
  const folder = await Deno.makeTempDir({ prefix: "realfeatures-peers-" });
  const open: PeerClient[] = [];
  const closeAll = () => Promise.all(open.splice(0).map((client) => client.close()));
  signal.addEventListener("abort", closeAll);
  try {
    await writeInputs(folder, makeInputs());
    const infos: FrameworkInfo[] = [], started: StartedPeer[] = [];
    let engine: EngineIdentity | null = null;
    for (const peer of peers) {
      signal.throwIfAborted();
      say(`starting ${peer.title}\n`);
      const attempt = await startOne(peer, (command) => {
        // Packages ask for no backend: theirs is this engine's.
        const client = start(peer.title, { ...command, backend: engine?.adapter.backend });
        open.push(client);
        return client;
      }, backend);
      infos.push(infoOf(peer, attempt));
      if ("error" in attempt) {
        if (engine === null) throw attempt.error;
        continue;
      }
      engine ??= attempt.identity as PeerIdentity & EngineIdentity;
      started.push({ name: peer.name, client: attempt.client });
    }
    if (engine === null) throw new TypeError("Cannot compare peers: none given");
    const { adapter, driver, readPath } = engine;
    const rows = await measurePeers(started, {
      workloads: WORKLOADS.map(({ name }) => name),
      rounds,
      steps,
      inputs: folder,
      signal,
      onProgress: (text) => say(`${text}\n`),
    });
    return PEERS_RECORD.of({
      startedAt: startedAt.toISOString(),
      durationMs: Math.round(performance.now() - began),
      command,
      machine: machineInfo(adapter, { driver }),
      runtime: runtimeInfo(),
      ...await gitState(),
      readPath,
      rounds,
      workloads: WORKLOADS,
      frameworks: infos,
      rows,
    });
  } catch (error) {
    signal.throwIfAborted(); // a process that ended on Ctrl-C is not what went wrong
    throw error;
  } finally {
    signal.removeEventListener("abort", closeAll);
    await closeAll();
    await Deno.remove(folder, { recursive: true });
  }
}

type Attempt = { readonly client: PeerClient; readonly identity: PeerIdentity } | { readonly error: unknown };

/** Tries a peer's commands until one opens; the error is that of the first. */
async function startOne(
  { commands }: PeerDescription,
  start: (command: PeerCommand) => PeerClient,
  backend: Backend | null,
): Promise<Attempt> {
  let first: Attempt | null = null;
  for (const command of commands) {
    try {
      const client = start(command);
      const identity = await client.ask({ do: "open", backend });
      return { client, identity: identity as unknown as PeerIdentity };
    } catch (error) {
      first ??= { error };
    }
  }
  return first ?? { error: new TypeError("Cannot start a peer: it has no command") };
}

function infoOf({ name, title, backend }: PeerDescription, attempt: Attempt): FrameworkInfo {
  if ("error" in attempt) {
    const { error } = attempt;
    const missing = error instanceof Error ? error.message : String(error);
    return { name, title, version: null, backend, device: null, missing };
  }
  const { version, device, backend: own } = attempt.identity;
  return { name, title, version, backend: own, device, missing: null };
}
