/**
 * What the benchmark and a peer's process say to each other: one JSON object a line, a request on the process's
 * standard input, a reply with the same `id` on its standard output; any other line there is chatter.
 */
import type { Backend } from "../../engine/device/backend.ts";

/** What is measured: a training step, a matrix product, a convolution. */
export type WorkloadName = "step" | "matmul" | "conv";

/** A request. */
export type PeerRequest =
  /** Opens the device; replied by a {@linkcode PeerIdentity}. `backend` is for this engine, which has it as an option. */
  | { readonly do: "open"; readonly backend?: Backend | null }
  /** Prepares a workload on the inputs in a folder and runs it once; replied by {@linkcode WorkloadChecks}. */
  | { readonly do: "setup"; readonly workload: WorkloadName; readonly inputs: string }
  /** Runs the workload `steps` times and waits for the last result; replied by a {@linkcode WorkloadSample}. */
  | { readonly do: "sample"; readonly workload: WorkloadName; readonly steps: number }
  /** Ends the process; replied by {}. */
  | { readonly do: "stop" };

/** A peer by its own account. */
export interface PeerIdentity {
  readonly version: string;
  /** "WebGPU", "CPU". */
  readonly backend: string;
  /** The adapter's description, or the number of threads. */
  readonly device: string;
}

/** Numbers that show whether two frameworks run the same workload; lists under one name are compared with each other. */
export interface WorkloadChecks {
  readonly checks: Readonly<Record<string, readonly number[]>>;
}

/** One measurement. */
export interface WorkloadSample {
  /** Milliseconds a step: the wall clock from before the first to after the last, by the number of steps. */
  readonly ms: number;
}

/** A reply to a request that failed. */
export interface PeerFailure {
  readonly error: string;
  /** Name of the error's class. */
  readonly name: string;
}
