/** What `bench perf` prints. */

import type { CellRecord } from "../schema.ts";
import { formatTable } from "../table.ts";
import type { PeerTime } from "./peers.ts";
import type { NetworkSpeed } from "./training.ts";

/** Everything `bench perf` found. */
export interface PerfResult {
  readonly machine: CellRecord["machine"];
  readonly runtime: CellRecord["runtime"];
  readonly commit: string | null;
  readonly dirty: boolean | null;
  /** Which kernel family computed: "buffer" or "texture". */
  readonly kernelVariant: string;
  /** The network of the speed goals, then that of the peers. */
  readonly networks: readonly [goal: NetworkSpeed, peers: NetworkSpeed];
  /** The most device bytes held at once. */
  readonly peakBytes: number;
  readonly peers: { readonly measured: string; readonly times: readonly PeerTime[] };
}

/** The middle value, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b), middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

/** The result as text for people. */
export function formatPerf(result: PerfResult): string {
  const { machine, kernelVariant, networks, peakBytes, peers } = result;
  const right = (title: string) => ({ title, align: "right" as const });
  const { steps, samplesMs } = networks[0];
  const speeds = formatTable(
    [
      { title: "network" },
      ...["batch", "images/s", "min", "max", "ms/step", "GFLOP/s", "dispatches"].map(right),
    ],
    networks.map(speedRow),
  );
  const memory = formatTable(
    [{ title: "network" }, ...["first step", "live after it", "live at the end"].map(right)],
    networks.map(({ network, firstStepMs, liveBytes: [first, last] }) => [
      network,
      `${(firstStepMs / 1000).toFixed(1)} s`,
      megabytes(first),
      megabytes(last) + (first === last ? "" : " GREW"),
    ]),
  );
  const peerTimes = formatTable([{ title: "training step of the second network" }, right("ms/step")], [
    [
      `this run, on ${machine.adapter.description || "this adapter"}`,
      milliseconds(median(networks[1].samplesMs)),
    ],
    ...peers.times.map((
      { name, msPerStep: [from, to] },
    ) => [name, from === to ? `${from}` : `${from}-${to}`]),
  ]);
  return `${machine.name} (${machine.cpu})
Kernels: ${kernelVariant}. Median, least and most of ${samplesMs.length} repetitions of ${steps} steps, each waited for.

${speeds}
${memory}
The first step includes compiling shaders; whether the driver's shader cache was warm is not known.
The most device memory held at once: ${megabytes(peakBytes)}.

${peerTimes}
For context only: the other rows were not measured by this command but elsewhere:
${peers.measured}.
Compare orders of magnitude, not numbers.
`;
}

function speedRow(
  { network, batchSize, samplesMs, flopsPerStep, dispatchesPerStep }: NetworkSpeed,
): string[] {
  const perSecond = samplesMs.map((ms) => batchSize / ms * 1000);
  const ms = median(samplesMs);
  return [
    network,
    `${batchSize}`,
    median(perSecond).toFixed(0),
    Math.min(...perSecond).toFixed(0),
    Math.max(...perSecond).toFixed(0),
    milliseconds(ms),
    (flopsPerStep / ms / 1e6).toFixed(1),
    `${dispatchesPerStep}`,
  ];
}

function milliseconds(ms: number): string {
  return ms < 10 ? ms.toFixed(2) : ms.toFixed(0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
