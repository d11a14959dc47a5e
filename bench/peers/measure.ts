/** Times all frameworks on all workloads, interleaved, and compares them. */

import type { FrameworkRow } from "../records/peers_record.ts";
import { median } from "../statistics/median.ts";
import { compareChecks } from "./agreement.ts";
import type { PeerClient } from "./peer_process.ts";
import type { WorkloadName } from "./protocol.ts";

/** A peer that has started. */
export interface StartedPeer {
  readonly name: string;
  readonly client: Pick<PeerClient, "ask">;
}

/** How to measure. */
export interface MeasurePeersOptions {
  readonly workloads: readonly WorkloadName[];
  readonly rounds: number;
  /** Repetitions of the workload in a sample; null for enough to reach {@linkcode MIN_SAMPLE_MS}. */
  readonly steps: number | null;
  /** The folder of the inputs. */
  readonly inputs: string;
  /** Looked at between samples. */
  readonly signal: AbortSignal;
  /** Receives the name of the next step. */
  readonly onProgress?: (text: string) => void;
}

/** A sample that is long enough for clocks and for the wait at its end. */
export const MIN_SAMPLE_MS = 300;

const MAX_STEPS = 100_000;

interface Entry {
  readonly peer: StartedPeer;
  readonly workload: WorkloadName;
  checks: Record<string, number[]>;
  steps: number;
  readonly samplesMs: number[];
  reason: string | null;
}

/**
 * Sets up every workload on every framework and warms up. Each round times every framework on every workload once, in an
 * order that rotates, so machine noise affects all of them. If a framework fails on a workload, the others continue.
 *
 * @param peers This engine first: the others are compared with it.
 * @returns Rows by workload, in each the frameworks in their order.
 * @throws {Error} If this engine fails, or on an abort.
 */
export async function measurePeers(
  peers: readonly StartedPeer[],
  options: MeasurePeersOptions,
): Promise<FrameworkRow[]> {
  const { workloads, rounds, signal, onProgress = () => {} } = options;
  const entries: Entry[] = [];
  for (const peer of peers) {
    for (const workload of workloads) {
      onProgress(`setting up ${workload} on ${peer.name}`);
      const entry: Entry = { peer, workload, checks: {}, steps: 0, samplesMs: [], reason: null };
      entries.push(entry);
      await attempt(entry, { isOurs: peer === peers[0], signal }, () => warmUp(entry, options));
    }
  }
  for (let round = 0; round < rounds; round++) {
    onProgress(`round ${round + 1} of ${rounds}`);
    for (const workload of workloads) {
      for (const peer of rotate(peers, round)) {
        const entry = entries.find((e) => e.peer === peer && e.workload === workload)!;
        if (entry.reason !== null) continue;
        await attempt(entry, { isOurs: peer === peers[0], signal }, async () => {
          entry.samplesMs.push(await sample(entry, entry.steps));
        });
      }
    }
  }
  return workloads.flatMap((workload) => {
    const [ours, ...others] = entries.filter((entry) => entry.workload === workload);
    return [rowOf(ours, null), ...others.map((entry) => rowOf(entry, ours))];
  });
}

/** The list, beginning with its element `by`, as a ring. */
export function rotate<T>(list: readonly T[], by: number): T[] {
  const from = by % list.length;
  return [...list.slice(from), ...list.slice(0, from)];
}

/** Does something with a peer; its failure becomes the row's, this engine's is thrown, and so is an abort. */
async function attempt(
  entry: Entry,
  { isOurs, signal }: { isOurs: boolean; signal: AbortSignal },
  action: () => Promise<void>,
): Promise<void> {
  try {
    signal.throwIfAborted();
    await action();
  } catch (error) {
    signal.throwIfAborted(); // a peer that was ended has not failed
    if (isOurs) throw error;
    entry.reason = error instanceof Error ? error.message : String(error);
    entry.samplesMs.length = 0;
  }
}

async function warmUp(entry: Entry, { inputs, steps }: MeasurePeersOptions): Promise<void> {
  const { checks } = await entry.peer.client.ask({ do: "setup", workload: entry.workload, inputs });
  entry.checks = checks as Record<string, number[]>;
  entry.steps = steps ?? 1;
  const first = await sample(entry, entry.steps);
  if (steps !== null) return;
  entry.steps = stepsFor(first);
  if (entry.steps > 1) entry.steps = stepsFor(await sample(entry, entry.steps));
}

/** How many steps make a sample long enough. */
function stepsFor(msPerStep: number): number {
  return Math.max(1, Math.min(MAX_STEPS, Math.ceil(MIN_SAMPLE_MS / msPerStep)));
}

async function sample({ peer, workload }: Entry, steps: number): Promise<number> {
  const { ms } = await peer.client.ask({ do: "sample", workload, steps });
  if (typeof ms === "number" && ms > 0) return ms;
  throw new Error(`Cannot measure ${peer.name}: it replied no time, but ${JSON.stringify(ms)}`);
}

function rowOf(entry: Entry, ours: Entry | null): FrameworkRow {
  const { peer, workload, steps, samplesMs, checks } = entry;
  const row = { workload, framework: peer.name, steps, samplesMs, checks };
  if (ours === null || entry.reason !== null) {
    return { ...row, ratio: null, reason: entry.reason, notes: [] };
  }
  const { otherWorkload, notes } = compareChecks(checks, ours.checks);
  if (otherWorkload !== null) {
    return { ...row, ratio: null, reason: `runs another workload: ${otherWorkload}`, notes };
  }
  const rounds = samplesMs.map((ms, i) => ms / ours.samplesMs[i]);
  return {
    ...row,
    ratio: { median: median(samplesMs) / median(ours.samplesMs), rounds },
    reason: null,
    notes,
  };
}
