/** A real run that reuses the trainings of another one. */
import { assert, assertEquals } from "@std/assert";
import { noGpu } from "../../engine/testing/gpu.ts";
import { writeReport } from "../../reports/mod.ts";
import { openWorkbench } from "../cells/mod.ts";
import { compareRuns } from "../compare/compare_runs.ts";
import { formatComparison } from "../compare/formats/mod.ts";
import { parsePreset } from "../config/parse_preset.ts";
import { reproduce } from "../reproduce/reproduce.ts";
import { withTempDir } from "../testing.ts";
import { SILENT } from "./progress.ts";
import { run } from "./run.ts";
import type { RunRequest } from "./request.ts";

const preset = (steps: number) =>
  parsePreset(
    `
name: tiny
description: for tests
dataset: { name: planted, trainSize: 32, testSize: 16, size: 12 }
model: { arch: resnet8, widths: [4, 4, 4] }
training: { epochs: 1, batchSize: 16, lr: 0.05 }
adversarialTraining: null
featureSets: { D_rand: { encoder: standard, steps: 2 } }
probe: null
evaluation: { batchSize: 16, attack: { steps: ${steps} }, autoAttack: null }
`,
    { source: "tiny.yaml" },
  );

Deno.test(
  "run() with reuse resumes with real weights and sets, and leaves a run to report, compare and reproduce",
  {
    ignore: noGpu,
  },
  async () => {
    await withTempDir(async (dir) => {
      const { signal } = new AbortController();
      const services = { openWorkbench, progress: SILENT, signal };
      const start = (name: string, request: Partial<RunRequest> & { preset: RunRequest["preset"] }) =>
        run({ outDir: `${dir}/${name}`, dataDir: null, command: "test", ...request }, {
          ...services,
          writeReport: (dir) => writeReport(dir),
        });
      const only = ["construct/D_rand/seed-0"];
      await start("a", { preset: preset(2), only });
      const { records, exitCode, report } = await start("b", { preset: preset(3), reuse: [`${dir}/a`] });
      assertEquals([exitCode, report], [0, `${dir}/b/report.html`]);
      const taken = records.filter(({ reusedFrom }) => reusedFrom !== undefined);
      assertEquals(taken.map(({ cell }) => cell), ["sl/natural/seed-0", ...only]);
      await Deno.remove(`${dir}/a`, { recursive: true });

      const path = `${dir}/b/records/sl--D_rand--seed-0.json`;
      const again = await reproduce({ path, dataDir: null }, services);
      assertEquals([again.verdict, again.taken], ["identical", taken.map(({ cell }) => cell)]);
      const comparison = await compareRuns(`${dir}/b`, `${dir}/b`), text = formatComparison(comparison);
      assertEquals(comparison.regression, false);
      assert(text.includes("robustAccuracy"), text);
    });
  },
);
