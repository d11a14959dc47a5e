/** A construct cell: build a feature set with a trained network. */

import {
  type Construction,
  type ConstructionManifest,
  encodeConstruction,
} from "../../datasets/constructed.ts";
import type { ConstructProgress } from "../../datasets/construct.ts";
import { featureMatching } from "../../datasets/feature_matching.ts";
import { targetedPgd } from "../../datasets/targeted_pgd.ts";
import type { ImageSet } from "../../datasets/types.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { release } from "../../engine/graph/variables.ts";
import type { CellOutcome, ConstructCell } from "../plan/cell.ts";
import { PhaseLog } from "../record/phases.ts";
import { plainNumbers } from "../record/record.ts";
import { type ExampleImages, IMAGES_VERSION, type Metric } from "../records/mod.ts";
import { base64Of, imageAt } from "./encode_image.ts";
import { packConstruction, unpackConstruction } from "./construct_state.ts";
import { extractorOf, restoreLearner, type TrainedNetwork } from "./network.ts";
import type { CellTask } from "./task.ts";

/** Builds the set, saves it with its manifest and a few examples, and says how far its images moved. */
export async function constructCell(gpu: Gpu, task: CellTask<ConstructCell>): Promise<CellOutcome> {
  const { cell, context, dataset } = task;
  const network = context.outputs.get(cell.inputs[0]) as TrainedNetwork;
  const phases = new PhaseLog(gpu);
  const learner = restoreLearner(gpu, network, { settings: extractorOf(cell), set: dataset.train });
  const result = await build(gpu, { learner, task, phases })
    .finally(() => release(gpu, [...learner.parameters, ...learner.buffers]));
  const seconds = phases.phases.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
  context.outputs.set(cell.name, result.set);
  await context.artifact("feature-set", "set.safetensors", encodeConstruction(result));
  const manifest: ConstructionManifest = {
    schemaVersion: 2,
    name: result.set.name,
    method: cell.config.construction.method,
    settings: plainNumbers(cell.config.construction) as Record<string, unknown>,
    seed: cell.seed,
    source: { name: dataset.train.name, sha256: dataset.train.sha256 },
    encoder: network.sha256,
    adapter: gpu.info.description,
    readPath: gpu.readPath,
    sha256: result.set.sha256,
    classNames: result.set.classNames,
  };
  const encoder = new TextEncoder();
  await context.artifact(
    "manifest",
    "manifest.json",
    encoder.encode(JSON.stringify(manifest, null, 2) + "\n"),
  );
  const examples = exampleImages(result, { source: dataset.train, count: cell.config.examples });
  await context.artifact("examples", "examples.json", encoder.encode(JSON.stringify(examples) + "\n"));
  return {
    metrics: {
      ...distanceMetrics(result),
      imagesPerSecond: { value: result.set.count / seconds, unit: "images/s" },
      peakBytes: { value: phases.peakBytes, unit: "bytes" },
      flops: { value: phases.flops, unit: "1" },
    },
    phases: phases.phases,
    checks: [radiusCheck(cell, result)],
  };
}

/** Goes on from where a process that was stopped had come to. */
async function build(
  gpu: Gpu,
  { learner, task: { cell, context, dataset }, phases }: {
    learner: ReturnType<typeof restoreLearner>;
    task: CellTask<ConstructCell>;
    phases: PhaseLog;
  },
): Promise<Construction> {
  const { construction } = cell.config, { checkpoint, signal } = context;
  const { steps, count, batchSize } = construction;
  const kept = await checkpoint.loadState(unpackConstruction);
  if (kept !== null) phases.restore(kept.work);
  const before = kept === null ? 0 : kept.part.judgements.l2.length;
  const shared = {
    name: `${dataset.train.name}/${cell.featureSet}`,
    source: dataset.train,
    count,
    batchSize: Math.min(batchSize, count),
    steps,
    stepSize: construction.stepSize.value,
    seed: cell.seed,
    ...(kept && { from: kept.part }),
    onProgress: async ({ done, total, part }: ConstructProgress) => {
      const work = phases.workSoFar((done - before) * steps);
      await checkpoint.saveState(() => packConstruction({ part, work }), { now: signal.aborted });
      signal.throwIfAborted();
      context.progress({ label: "construct", done, total, unit: "images" });
    },
  };
  const logits = learner.logits!;
  return await phases.measure("construct", (count - before) * steps, () => {
    if (construction.method === "feature-matching") {
      const { features, featureSize } = learner;
      const radius = construction.radius?.value ?? null;
      return featureMatching(gpu, { ...shared, features, featureSize, logits, radius });
    }
    const { targets, norm, eps } = construction;
    return targetedPgd(gpu, { ...shared, logits, targets, norm, eps: eps.value });
  });
}

function distanceMetrics({ l2, linf, reached, remaining }: Construction): Record<string, Metric> {
  const mean = (values: Float32Array) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const max = (values: Float32Array) => values.reduce((a, b) => Math.max(a, b), 0);
  return {
    meanL2: { value: mean(l2), unit: "pixels" },
    maxL2: { value: max(l2), unit: "pixels" },
    meanLinf: { value: mean(linf), unit: "pixels" },
    maxLinf: { value: max(linf), unit: "pixels" },
    ...(reached === null ? {} : { targetReachedFraction: { value: mean(reached), unit: "fraction" } }),
    ...(remaining === null ? {} : { remainingFeatureDistance: { value: mean(remaining), unit: "fraction" } }),
  };
}

function radiusCheck({ config: { construction } }: ConstructCell, { l2, linf }: Construction) {
  const [bound, norm] = construction.method === "feature-matching"
    ? [construction.radius?.value ?? Infinity, "L2"]
    : [construction.eps.value, construction.norm];
  const largest = (norm === "L2" ? l2 : linf).reduce((a, b) => Math.max(a, b), 0);
  return {
    name: "images within the radius",
    passed: largest <= bound + 1e-5,
    detail: `largest ${norm} distance ${largest}, radius ${bound === Infinity ? "none" : bound}`,
  };
}

function exampleImages(
  { set, sources }: Construction,
  { source, count }: { source: ImageSet; count: number },
): ExampleImages {
  const { height, width, classNames } = set;
  return {
    schemaVersion: IMAGES_VERSION,
    height,
    width,
    classNames,
    examples: Array.from({ length: Math.min(count, set.count) }, (_, i) => ({
      label: set.labels[i],
      sourceLabel: source.labels[sources[i]],
      source: base64Of(imageAt(source, sources[i])),
      result: base64Of(imageAt(set, i)),
    })),
  };
}
