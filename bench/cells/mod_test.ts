/** Real cells, end to end, on images small enough for a test. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { parseConstruction } from "../../datasets/constructed.ts";
import { noGpu } from "../../engine/testing/gpu.ts";
import { stream } from "../../common/random.ts";
import { readSafetensors } from "../../engine/files/safetensors.ts";
import { parsePreset } from "../config/parse_preset.ts";
import { SILENT } from "../run/progress.ts";
import { run } from "../run/run.ts";
import { loadRun, writeReport } from "../../reports/mod.ts";
import { type CellView, joinParts } from "../records/network.ts";
import { expand } from "../plan/plan.ts";
import { makePlan } from "../plan/plan_command.ts";
import type { CellRecord } from "../records/mod.ts";
import type { PictureSheets } from "../records/image_artifacts.ts";
import { openWorkbench } from "./mod.ts";

const TINY = `
name: tiny
description: for tests
model: { arch: resnet8, widths: [4, 8, 8] }
evaluation:
  batchSize: 32
  attack: { steps: 2, restarts: 2 }
  autoAttack: { version: custom, images: 16, iterations: 2, queries: 6 }
`;

/** Runs a preset into a temporary folder and hands the result on. */
async function runTiny(
  body: string,
  use: (result: Awaited<ReturnType<typeof run>>) => Promise<void>,
  dataDir: (dir: string) => Promise<string | null> = () => Promise.resolve(null),
) {
  const dir = await Deno.makeTempDir();
  try {
    const preset = parsePreset(TINY + body, { source: "tiny.yaml" });
    const request = { preset, outDir: `${dir}/run`, dataDir: await dataDir(dir), command: "deno task bench" };
    await use(
      await run(request, {
        openWorkbench,
        writeReport: (runDir) => writeReport(runDir),
        progress: SILENT,
        signal: new AbortController().signal,
      }),
    );
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Registers a test that is ignored where no adapter answers. */
function cellTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: noGpu, sanitizeResources: false, sanitizeOps: false, fn });
}

const PLANTED = "dataset: { name: planted, trainSize: 64, testSize: 32, size: 12 }\n";
cellTest("openWorkbench() takes generated data from a file that another one wrote", async () => {
  const preset = parsePreset(TINY + PLANTED, { source: "tiny.yaml" });
  const options = { dataDir: null, signal: new AbortController().signal };
  const dir = await Deno.makeTempDir();
  try {
    const first = await openWorkbench(preset, options);
    await first.writeData!(`${dir}/data`);
    first.close();
    const second = await openWorkbench(preset, { ...options, dataFile: `${dir}/data` });
    second.close();
    assertEquals(second.dataset, first.dataset);
    await assertRejects(() => openWorkbench(preset, { ...options, dataFile: `${dir}/none` }));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

const TRAINING = "training: { epochs: 1, batchSize: 16, lr: 0.05 }\n";

cellTest("openWorkbench() runs every kind of cell, and its files are what the records say", async () => {
  const body = PLANTED + TRAINING + `
adversarialTraining: { attack: { steps: 1 } }
featureSets: { robust: { steps: 2, count: 32 }, D_rand: { steps: 2 } }
probe: { epochs: 1, batchSize: 16 }
examples: 3
`;
  await runTiny(body, async ({ runDir, records: parts, exitCode }) => {
    assertEquals(parts.map(({ kind }) => kind).join().match(/train,probe,attack/g)?.length, 4);
    const records = joinParts(parts);
    assertEquals(records.map(({ cell, reason }) => [cell, reason]), [
      ["sl/natural/seed-0", null],
      ["sl/adversarial/seed-0", null],
      ["construct/robust/seed-0", null],
      ["construct/D_rand/seed-0", null],
      ["sl/robust/seed-0", null],
      ["sl/D_rand/seed-0", null],
    ]);
    assertEquals(exitCode, 0);
    const checks = records.flatMap((record) => record.checks);
    assertEquals(checks.filter(({ passed }) => !passed), []);
    assertEquals(checks.length, 4 * 3 + 2);
    for (const { cell, variants } of records) {
      const operations = Object.keys(variants ?? {}).map((key) => key.split(" ")[0]);
      for (const name of ["conv2d", "conv2d_grad_input"]) assert(operations.includes(name), cell);
    }
    const [natural, , robust] = records;
    const { metrics } = natural;
    assert(metrics.robustAccuracy.value <= metrics.cleanAccuracy.value);
    assert(metrics.largestPerturbation.value > 0.1 && metrics.largestPerturbation.value <= 0.25 + 1e-6);
    assertEquals([metrics.chance.value, metrics.trainLoss.samples!.length], [0.1, 1]);
    for (const name of ["probeAccuracy", "robustCueAccuracy", "nonRobustCueAccuracy"]) {
      assert(metrics[name].value >= 0 && metrics[name].value <= 1, name);
    }
    assertEquals(metrics.autoAttackAccuracy.samples?.at(-1), metrics.autoAttackAccuracy.value);
    const outcomes = await readSafetensors(`${runDir}/${pathOf(natural, "outcomes")}`);
    const bits = [...outcomes.tensors.get("clean")!.data as Uint8Array];
    assertEquals(bits.filter((bit) => bit === 1).length / 32, metrics.cleanAccuracy.value);
    const robustBits = [...outcomes.tensors.get("autoattack")!.data as Uint8Array];
    assert(robustBits.length === 16 && robustBits.every((bit, i) => bit <= bits[i]));
    const manifest = JSON.parse(await Deno.readTextFile(`${runDir}/${pathOf(robust, "manifest")}`));
    const path = `${runDir}/${pathOf(robust, "feature-set")}`;
    const set = parseConstruction(await Deno.readFile(path), { path, manifest });
    assertEquals([set.count, set.height, manifest.settings.steps], [32, 12, 2]);
    assertEquals(manifest.encoder, records[1].artifacts.find(({ kind }) => kind === "weights")!.sha256);
    const examples = JSON.parse(await Deno.readTextFile(`${runDir}/${pathOf(robust, "examples")}`));
    assertEquals(examples.examples.length, 3);
    assertEquals(Uint8Array.fromBase64(examples.examples[0].result).length, 3 * 12 * 12);
    assertEquals((await loadRun(runDir)).problems, []);
  });
});

const FOUR = `${PLANTED}${TRAINING}
adversarialTraining: null
featureSets: { non-robust: { steps: 2, count: 40 } }
paradigms:
  cl: { projector: [8, 8], training: { epochs: 2, batchSize: 16 } }
  mim: {
    patchSize: 6,
    dim: 8,
    depth: 1,
    heads: 2,
    decoderDim: 8,
    decoderHeads: 2,
    maskRatio: 0.5,
    training: { epochs: 2, batchSize: 16 },
  }
  dm: { base: 4, multipliers: [1], attentionLevels: [0], groups: 2, sampleSteps: 2, training: { epochs: 2, batchSize: 16 } }
probe: { epochs: 1, batchSize: 16, curvePoints: 2, curveImages: 32 }
examples: 2
`;

cellTest(
  "openWorkbench() trains every paradigm on every set, with curves, pictures and the costs that it profiles",
  async () => {
    await runTiny(FOUR, async ({ runDir, records: parts, exitCode }) => {
      const records = joinParts(parts);
      assertEquals(records.filter(({ reason }) => reason !== null), []);
      assertEquals(exitCode, 0);
      const trained = records.filter(({ kind }) => kind === "train");
      assertEquals(trained.map(({ cell }) => cell), [
        ...["sl", "sl", "cl", "cl", "mim", "mim", "dm", "dm"].map((name, i) =>
          `${name}/${i % 2 === 0 ? "natural" : "non-robust"}/seed-0`
        ),
      ]);
      for (const { paradigm, featureSet, metrics, artifacts, checks, warnings } of trained) {
        // Under DM, too, the classifier is a function of the image: its noise is drawn once.
        assertEquals(warnings.filter((text) => text.includes("randomised-model")), []);
        assertEquals(metrics.probeCurveEpochs.samples, paradigm === "sl" ? [0, 1] : [0, 1, 2]);
        assertEquals(metrics.probeCurve.samples?.length, metrics.probeCurveEpochs.samples?.length);
        assertEquals("untrainedProbeAccuracy" in metrics, featureSet === "natural");
        assert(metrics.flops.value > 1e6 && metrics.peakBytes.value > 1e5);
        assertEquals(checks.filter(({ passed }) => !passed), []);
        const hasPictures = artifacts.some(({ kind }) => kind === "pictures");
        assertEquals(hasPictures, featureSet === "natural", `${paradigm}/${featureSet}`);
        // Judged by encoder and probe, which is the same classifier under both names.
        if (paradigm !== "sl") assertEquals(metrics.cleanAccuracy.value, metrics.probeAccuracy.value);
      }
      const titles = await Promise.all(
        trained.filter(({ featureSet }) => featureSet === "natural").map(async (r) => {
          const { sheets } = JSON.parse(
            await Deno.readTextFile(`${runDir}/${pathOf(r, "pictures")}`),
          ) as PictureSheets;
          for (const { rows } of sheets) {
            for (const { images: [image] } of rows) {
              assertEquals(Uint8Array.fromBase64(image.rgb).length, 3 * 144);
            }
          }
          return sheets.map(({ title }) => title);
        }),
      );
      assertEquals(titles.flat().length, 4, titles.join());
      const { problems, pictures } = await loadRun(runDir);
      assertEquals([problems, pictures.length], [[], 4]);
      await compareWithProfile(parts);
    });
  },
);

/** Compares what the cells of a run cost with what a profile of them estimates. */
async function compareWithProfile(records: readonly CellRecord[]): Promise<void> {
  const preset = parsePreset(TINY + FOUR, { source: "tiny.yaml" });
  const cells = expand(preset), signal = new AbortController().signal;
  const workbench = await openWorkbench(preset, { dataDir: null, signal });
  const { cells: estimates } = await makePlan({ preset: "tiny", cells }, {
    workbench,
    onCell() {},
    signal,
  });
  workbench.close();
  for (const [i, { cell, metrics }] of records.entries()) {
    const { name, flops, peakBytes } = estimates[i];
    assertEquals(name, cell);
    const peak = peakBytes / metrics.peakBytes.value;
    // Where every image is misclassified after the first attacks, the others need no memory.
    const max = name.endsWith("/attack") ? 3 : 1.1;
    assert(peak > 0.85 && peak < max, `${name}: peak memory estimated at ${peak} of what it was`);
    const work = flops / metrics.flops.value;
    assert(work > 0.5 && work < 2, `${name}: work estimated at ${work} of what it was`);
  }
}

cellTest("openWorkbench() fails a cell whose loss is not finite and runs the others", async () => {
  const body = `${PLANTED}
training: { epochs: 1, batchSize: 16, lr: 1.0e+4, weightDecay: 1000 }
adversarialTraining: { lr: 0.05, attack: { steps: 1 } }
featureSets: { robust: { steps: 1 } }
probe: null
`;
  await runTiny(body, async ({ runDir, records, exitCode }) => {
    assertEquals(exitCode, 1);
    assertEquals(records.map(({ cell, status }) => `${cell} ${status}`), [
      "sl/natural/seed-0 failed",
      "sl/natural/seed-0/attack skipped",
      "sl/adversarial/seed-0 ok",
      "sl/adversarial/seed-0/attack ok",
      "construct/robust/seed-0 ok",
      "sl/robust/seed-0 failed",
      "sl/robust/seed-0/attack skipped",
    ]);
    assertMatch(
      records[0].reason!,
      /^Cannot continue training: the loss is (NaN|-?Infinity) at step [1-3]\nHint: use a smaller/,
    );
    assertEquals(records[0].metrics, {});
    const label = ({ cell, status }: CellView) => `${cell} ${status}`;
    const kept = (await loadRun(runDir)).records.map(({ record }) => label(record));
    assertEquals(kept.sort(), joinParts(records).map(label).sort());
  });
});

/** Six files of the right length, all zeros but for the first 64 records of the first and 32 of the last. */
async function sparseCifar10(dir: string): Promise<string> {
  const random = stream(0, "sparse images");
  for (const name of [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`).concat("test_batch.bin")) {
    const file = await Deno.open(`${dir}/${name}`, { write: true, create: true });
    await file.truncate(10_000 * 3073);
    const records = new Uint8Array(64 * 3073).map((_, i) => i % 3073 === 0 ? Math.floor(i / 3073) % 10 : 0);
    const noise = random.fillUniform(0, new Float32Array(records.length));
    await file.write(records.map((byte, i) => i % 3073 === 0 ? byte : Math.floor(256 * noise[i])));
    file.close();
  }
  await Deno.writeTextFile(`${dir}/batches.meta.txt`, "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
  return dir;
}

cellTest("openWorkbench() trains on CIFAR-10 from a folder", async () => {
  const body = TRAINING + `
dataset: { name: cifar10, trainSize: 64, testSize: 32 }
featureSets: {}
adversarialTraining: null
probe: null
`;
  await runTiny(body, ({ records: parts, exitCode }) => {
    assertEquals(exitCode, 0);
    const records = joinParts(parts);
    const [{ cell, dataset, metrics, config }] = records;
    assertEquals([records.length, cell], [1, "sl/natural/seed-0"]);
    assertMatch(dataset.name, /unrecognised/);
    assertEquals(metrics.cleanAccuracy.value * 32 % 1, 0);
    assertEquals("robustCueAccuracy" in metrics, false);
    assertEquals((config.training as { augmentation: { flip: boolean } }).augmentation.flip, true);
    return Promise.resolve();
  }, sparseCifar10);
});

function pathOf(
  { artifacts }: { artifacts: readonly { kind: string; path: string }[] },
  kind: string,
): string {
  return artifacts.find((artifact) => artifact.kind === kind)!.path;
}
