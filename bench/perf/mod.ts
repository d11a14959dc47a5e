/**
 * `deno task bench perf`: how fast training runs on this adapter, and what memory it holds.
 *
 * @module
 */
import { openGpu } from "../../engine/device.ts";
import { gitState, machineInfo, runtimeInfo } from "../env.ts";
import { describeOptions, type Option, parseOptions } from "../options.ts";
import { EXIT, type ExitCode, UsageError } from "../usage_error.ts";
import { formatPerf, type PerfResult } from "./format.ts";
import { measurePeerNetwork, PEERS, PEERS_MEASURED } from "./peers.ts";
import { measureTraining } from "./training.ts";

/** Options of `bench perf`. */
export const PERF_OPTIONS = [
  { name: "steps", value: "N", help: "training steps in a repetition [8]" },
  { name: "repetitions", value: "N", help: "how often they are timed [5]" },
  { name: "json", value: null, help: "print the numbers as JSON" },
  { name: "help", value: null, help: "show this", alias: "h" },
] as const satisfies readonly Option[];

/** What the command needs from outside. */
export interface PerfServices {
  readonly stdout: (text: string) => void;
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Default: {@linkcode measure}, on the machine's adapter. */
  readonly measure?: (options: MeasureOptions) => Promise<PerfResult>;
}

/** What to measure. */
export interface MeasureOptions {
  readonly steps: number;
  readonly repetitions: number;
  readonly signal: AbortSignal;
}

const COMMAND = "deno task bench perf";

/**
 * Measures and prints.
 *
 * @returns 0, or 1 if training took more device memory after its first step.
 * @throws {UsageError} If an option is unknown or no whole number from 1.
 * @throws {NoAdapterError} If no adapter answers.
 */
export async function perf(args: readonly string[], services: PerfServices): Promise<ExitCode> {
  const { stdout, signal, measure: measureAll = measure } = services;
  const options = parseOptions(args, { table: PERF_OPTIONS, command: COMMAND });
  if (options.help) {
    stdout(
      `Measures the speed of training and the memory it holds.\n\nUsage: ${COMMAND} [options]\n\nOptions:\n`,
    );
    stdout(describeOptions(PERF_OPTIONS));
    return EXIT.done;
  }
  const steps = readCount("steps", options.steps ?? "8");
  const repetitions = readCount("repetitions", options.repetitions ?? "5");
  const result = await measureAll({ steps, repetitions, signal });
  stdout(options.json ? JSON.stringify(result, null, 2) + "\n" : formatPerf(result));
  return result.networks.every(({ liveBytes: [first, last] }) => first === last) ? EXIT.done : EXIT.failed;
}

/** Measures on the machine's adapter: the network of the project's speed goals, and that of the peers. */
export async function measure(options: MeasureOptions): Promise<PerfResult> {
  const gpu = await openGpu();
  try {
    const goal = { widths: [16, 32, 64], imageSize: 32, batchSize: 128 } as const;
    return {
      machine: machineInfo(gpu.info),
      runtime: runtimeInfo(),
      ...await gitState(),
      kernelVariant: gpu.variant,
      networks: [
        await measureTraining(gpu, { ...goal, ...options }),
        await measurePeerNetwork(gpu, options),
      ],
      peakBytes: gpu.buffers.peakBytes,
      peers: { measured: PEERS_MEASURED, times: PEERS },
    };
  } finally {
    gpu.close();
  }
}

function readCount(name: string, text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageError(
    `Cannot run ${COMMAND}: --${name} must be a whole number from 1 to 999999, given ${text}`,
  );
}
