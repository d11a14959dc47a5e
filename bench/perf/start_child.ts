/** One start, in a process of its own: `start_child.ts [BACKEND]` prints the parts of a start and exits. */

import { openGpu } from "../../engine/device/device.ts";
import { BACKEND_OPTION } from "../adapter/backend_option.ts";
import { GOAL, makeGoal, trainGoal } from "./training.ts";

/** What the process prints: times in ms, and when its modules had been loaded (`Date.now()`). */
export interface ChildTimes {
  readonly importedAt: number;
  readonly dataMs: number;
  readonly openMs: number;
  readonly compileMs: number;
  readonly stepMs: number;
  readonly nextStepMs: number;
}

async function start(): Promise<ChildTimes> {
  const importedAt = Date.now();
  const times: number[] = [];
  const timed = async <T>(work: () => T | Promise<T>): Promise<T> => {
    const from = performance.now();
    const result = await work();
    times.push(performance.now() - from);
    return result;
  };
  const made = await timed(() => makeGoal(GOAL));
  const [backend] = Deno.args;
  const gpu = await timed(() =>
    openGpu({ backend: backend === undefined ? null : BACKEND_OPTION.type.read(backend) })
  );
  const trainer = await timed(() => trainGoal(gpu, { ...made, network: GOAL }));
  const step = async () => {
    trainer.step();
    await gpu.idle();
  };
  await timed(step);
  await timed(step);
  const [dataMs, openMs, compileMs, stepMs, nextStepMs] = times;
  return { importedAt, dataMs, openMs, compileMs, stepMs, nextStepMs };
}

if (import.meta.main) {
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(await start())));
  Deno.exit(0);
}
