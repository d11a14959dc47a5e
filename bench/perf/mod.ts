/**
 * `deno task bench perf`: how fast training runs on this adapter.
 *
 * @module
 */
import { openGpu } from "../../engine/device.ts";
import { formatTable } from "../table.ts";
import { measureTraining } from "./training.ts";

/** The network and batch of the project's speed goals. */
const GOAL = { widths: [16, 32, 64], imageSize: 32, batchSize: 128, steps: 8, repetitions: 5 } as const;

/** Measures and prints. Returns the exit code. */
export async function perf(_args: string[]): Promise<number> {
  const gpu = await openGpu();
  const speed = await measureTraining(gpu, GOAL);
  console.log(speed);
  gpu.close();
  void formatTable;
  return 0;
}
