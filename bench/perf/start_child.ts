/** One start, in a process of its own: `deno run -A start_child.ts`. Prints a {@linkcode StartTime} but for its load. */
const { openGpu } = await import("../../engine/device.ts");
const { GOAL, makeGoal, trainGoal } = await import("./training.ts");

/** Milliseconds that `work` took, added to a list. */
async function timed<T>(times: number[], work: () => T | Promise<T>): Promise<T> {
  const from = performance.now();
  const result = await work();
  times.push(performance.now() - from);
  return result;
}

const importedAt = Date.now();
const times: number[] = [];
const gpu = await timed(times, () => openGpu());
const made = await timed(times, () => makeGoal(GOAL));
const trainer = await timed(times, () => trainGoal(gpu, { ...made, network: GOAL, totalSteps: 4 }));
for (let i = 0; i < 2; i++) {
  await timed(times, async () => {
    trainer.step();
    await gpu.idle();
  });
}
const [openMs, dataMs, compileMs, stepMs, nextStepMs] = times;
const text = JSON.stringify({ importedAt, openMs, dataMs, compileMs, stepMs, nextStepMs });
Deno.stdout.writeSync(new TextEncoder().encode(text));
Deno.exit(0);
