/** The small network that other packages were timed on, and their times. */

import type { Gpu } from "../../engine/device.ts";
import { createPeerWorkload } from "../peers/workload.ts";
import { timeSteps } from "./time_steps.ts";
import type { NetworkSpeed, SpeedOptions } from "./training.ts";

/** A training step of the network of {@linkcode measurePeerNetwork} in another package. */
export interface PeerTime {
  readonly name: string;
  /** Milliseconds a step, as a range where runs differed. */
  readonly msPerStep: readonly [from: number, to: number];
}

/** Where and when {@linkcode PEERS} were measured. */
export const PEERS_MEASURED = "2026-11-22, on another machine of 2 cores (AMD EPYC) with llvmpipe";

/** Medians measured elsewhere; never measured by this command. */
export const PEERS: readonly PeerTime[] = [
  { name: "jax-js 0.1.25, WebGPU", msPerStep: [611, 611] },
  { name: "TensorFlow.js 4.22, WebGPU", msPerStep: [1143, 1143] },
  { name: "PyTorch 1.13, CPU, 2 threads", msPerStep: [12, 18] },
];

/** Times the training step of {@linkcode createPeerWorkload}. */
export async function measurePeerNetwork(gpu: Gpu, options: SpeedOptions): Promise<NetworkSpeed> {
  const since = performance.now();
  const workload = await createPeerWorkload(gpu);
  const times = await timeSteps(gpu, { ...options, since, step: workload.step });
  workload.dispose();
  const { network, batchSize, parameters, flopsPerStep, dispatchesPerStep } = workload;
  return { network, batchSize, parameters, flopsPerStep, dispatchesPerStep, ...times };
}
