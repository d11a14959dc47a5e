/** The probe's curve: a probe on a few images, time and again while the encoder is trained. */

import { type ImageSet, subset } from "../../datasets/types.ts";
import type { Gpu } from "../../engine/device.ts";
import { release } from "../../engine/variables.ts";
import { accuracyOf, FeatureExtractor, judgeHead, trainHead } from "../../paradigms/mod.ts";
import { curveEpochs } from "../curve_epochs.ts";
import type { ProbeConfig } from "../preset.ts";
import type { Metric } from "../schema.ts";
import type { TrainTask } from "./train.ts";

/** Accuracy of the probe after so many epochs. */
export interface CurvePoint {
  readonly epoch: number;
  readonly accuracy: number;
}

interface CurveParts {
  readonly train: FeatureExtractor;
  readonly test: FeatureExtractor;
  readonly config: ProbeConfig;
  readonly task: TrainTask;
}

/** Probes an encoder while it is trained; the encoder stays as it is. */
export class ProbeCurve {
  readonly #gpu: Gpu;
  readonly #epochs: ReadonlySet<number>;
  readonly #parts: CurveParts | null;

  private constructor(gpu: Gpu, epochs: readonly number[], parts: CurveParts | null) {
    this.#gpu = gpu;
    this.#epochs = new Set(epochs);
    this.#parts = parts;
  }

  /** Compiles what the curve needs; nothing where the preset asks for none or trains adversarially. */
  static async open(gpu: Gpu, task: TrainTask): Promise<ProbeCurve> {
    const { cell: { config }, learner, dataset } = task;
    const { probe, adversary, training } = config;
    if (probe === null || probe.curvePoints === 0 || adversary !== null) return new ProbeCurve(gpu, [], null);
    const few = Math.max(probe.curveImages, Math.min(probe.batchSize, task.set.count));
    const trainSet = probe.data === "same" ? task.set : dataset.train;
    const batchSize = config.evaluation.batchSize;
    const firstOf = (set: ImageSet) => subset(set, Math.min(few, set.count));
    const parts = {
      train: await FeatureExtractor.compile(gpu, { learner, set: firstOf(trainSet), batchSize }),
      test: await FeatureExtractor.compile(gpu, { learner, set: firstOf(dataset.test), batchSize }),
      config: probe,
      task,
    };
    return new ProbeCurve(gpu, curveEpochs(training.epochs, probe.curvePoints), parts);
  }

  /** The point after `epoch` epochs, or none where the curve has none. */
  async at(epoch: number): Promise<CurvePoint[]> {
    if (this.#parts === null || !this.#epochs.has(epoch)) return [];
    const { train, test, task: { phases } } = this.#parts;
    const units = train.set.count + test.set.count;
    return [{ epoch, accuracy: await phases.measure("probe", units, () => this.#probe()) }];
  }

  async #probe(): Promise<number> {
    const { train, test, config, task: { learner: { featureSize }, cell } } = this.#parts!;
    const data = { features: await train.extract(), featureSize, labels: train.set.labels };
    const head = await trainHead(
      this.#gpu,
      { ...data, classes: train.set.classNames.length },
      { ...config, seed: cell.seed },
    );
    const judged = await judgeHead(this.#gpu, head, {
      features: await test.extract(),
      featureSize,
      labels: test.set.labels,
    });
    release(this.#gpu, [head.weight, head.bias]);
    return accuracyOf(judged);
  }

  /** Frees its memory. */
  dispose(): void {
    this.#parts?.train.dispose();
    this.#parts?.test.dispose();
  }
}

/** The curve as metrics. */
export function curveMetrics(points: readonly CurvePoint[]): Record<string, Metric> {
  if (points.length === 0) return {};
  const accuracies = points.map(({ accuracy }) => accuracy), epochs = points.map(({ epoch }) => epoch);
  return {
    probeCurve: { value: accuracies[accuracies.length - 1], unit: "fraction", samples: accuracies },
    probeCurveEpochs: { value: epochs[epochs.length - 1], unit: "epochs", samples: epochs },
  };
}
