// deno-lint-ignore-file no-console -- an example prints what it finds
/**
 * Runs a preset of one's own twice, with another seed the second time, and compares the two runs.
 *
 * Run: deno run -A examples/run_and_compare.ts
 */
import { compareRuns, formatComparison, parsePreset, runBench } from "../mod.ts";

const PRESET = `
name: two-paradigms
description: SL and CL on a small planted set
dataset: { name: planted, trainSize: 128, testSize: 64, size: 12 }
model: { arch: resnet8, widths: [4, 8, 8] }
training: { epochs: 2, batchSize: 32 }
paradigms: { cl: { training: { epochs: 2, batchSize: 32 } } }
adversarialTraining: null
featureSets: {}
probe: { epochs: 5 }
evaluation: { attack: { steps: 2 }, autoAttack: null }
`;

const dir = await Deno.makeTempDir();
for (const seed of [0, 1]) {
  const preset = { ...parsePreset(PRESET, { source: "two-paradigms.yaml" }), seeds: [seed] };
  for await (const event of runBench({ preset, outDir: `${dir}/seed-${seed}` })) {
    if (event.event === "finished") console.log(event.record.cell, event.record.status);
    if (event.event === "ended") console.log(`seed ${seed}: exit code ${event.result.exitCode}`);
  }
}
const comparison = await compareRuns(`${dir}/seed-0`, `${dir}/seed-1`);
console.log(formatComparison(comparison, "markdown"));
await Deno.remove(dir, { recursive: true });
