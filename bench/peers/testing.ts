/** Made-up peers and records for the tests of this folder. */

import { FAKE_ADAPTER } from "../testing.ts";
import type { StartedPeer } from "./measure.ts";
import type { PeerRequest } from "./protocol.ts";
import { PEERS_RECORD, type PeersRecord } from "../records/peers_record.ts";

/** A peer whose every sample takes as long as the test says, a step; all it is asked goes into `asked`. */
export function fakePeer(
  name: string,
  { ms, asked, checks = { losses: [2, 1] } }: {
    ms: (request: PeerRequest & { do: "sample" }, count: number) => number;
    asked: string[];
    checks?: Record<string, number[]>;
  },
): StartedPeer {
  let count = 0;
  return {
    name,
    client: {
      ask: (request) => {
        const workload = "workload" in request ? ` ${request.workload}` : "";
        asked.push(`${name} ${request.do}${workload}${request.do === "sample" ? ` ${request.steps}` : ""}`);
        if (request.do !== "sample") return Promise.resolve({ checks });
        try {
          return Promise.resolve({ ms: ms(request, count++) });
        } catch (error) {
          return Promise.reject(error);
        }
      },
    },
  };
}

/** A record of two rounds, with a slower peer, one that is missing, and one that does other work. */
export function fakePeersRecord(): PeersRecord {
  const row = { steps: 3, checks: { losses: [2.5, 2.25] }, notes: [] };
  return PEERS_RECORD.of({
    startedAt: "2026-01-02T03:04:05.000Z",
    durationMs: 1000,
    command: "deno task bench peers",
    machine: { name: "made up", os: "none", cpu: "a processor", cores: 2, adapter: FAKE_ADAPTER },
    runtime: { deno: "9.9", v8: "0", typescript: "0" },
    commit: null,
    dirty: null,
    readPath: "buffer",
    rounds: 2,
    workloads: [{ name: "step", title: "training step" }],
    frameworks: [
      { name: "ours", title: "realfeatures", version: "1", backend: "WebGPU", device: "a", missing: null },
      { name: "slow", title: "Slow", version: "2.0", backend: "WebGPU", device: "a", missing: null },
      { name: "odd", title: "Odd", version: "3", backend: "CPU", device: "2 threads", missing: null },
      {
        name: "gone",
        title: "Gone",
        version: null,
        backend: "CPU",
        device: null,
        missing: "Cannot start Gone",
      },
    ],
    rows: [
      { ...row, workload: "step", framework: "ours", samplesMs: [40, 50], ratio: null, reason: null },
      {
        ...row,
        workload: "step",
        framework: "slow",
        samplesMs: [400, 450],
        ratio: { median: 425 / 45, rounds: [10, 9] },
        reason: null,
        notes: ["change of a is 1, ours 2"],
      },
      {
        ...row,
        workload: "step",
        framework: "odd",
        samplesMs: [4, 0.5],
        ratio: null,
        reason: "runs another workload: losses are 9, ours 2",
      },
    ],
  });
}
