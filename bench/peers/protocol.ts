/**
 * What the benchmark and a peer's process say to each other: one JSON object a line, a request on the process's
 * standard input, a reply with the same `id` on its standard output; any other line there is chatter.
 */
import type { Backend } from "../../engine/device/backend.ts";

/** What is measured: a training step, a matrix product, a convolution. */
export type WorkName = "step" | "matmul" | "conv";

/** A request. */
export type PeerRequest =
  /** Opens the device; replied by a {@linkcode PeerIdentity}. `backend` is for this engine, which has it as an option. */
  | { readonly do: "open"; readonly backend?: Backend | null }
  /** Prepares a piece of work on the inputs in a folder and does it once; replied by {@linkcode WorkChecks}. */
  | { readonly do: "setup"; readonly work: WorkName; readonly inputs: string }
  /** Does the work `steps` times and waits for the last result; replied by a {@linkcode WorkSample}. */
  | { readonly do: "sample"; readonly work: WorkName; readonly steps: number }
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

/** Numbers by which two peers see that they do the same work; lists under one name are compared with each other. */
export interface WorkChecks {
  readonly checks: Readonly<Record<string, readonly number[]>>;
}

/** One measurement. */
export interface WorkSample {
  /** Milliseconds a step: the wall clock from before the first to after the last, by the number of steps. */
  readonly ms: number;
}

/** A reply to a request that failed. */
export interface PeerFailure {
  readonly error: string;
  /** Name of the error's class. */
  readonly name: string;
}

/** Lines of a byte stream, without their ends; a last line without an end counts. */
export async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (
    const text of stream.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
  ) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** A line as a JSON object, or null where it is none. */
export function parseLine(line: string): Record<string, unknown> | null {
  if (!line.startsWith("{")) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
