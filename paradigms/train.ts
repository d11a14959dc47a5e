/** The only training loop: whatever the paradigm, a step is recorded once and replayed. */

import { logOdds } from "../attacks/losses/log_odds.ts";
import { Walk } from "../attacks/walk/walk.ts";
import { threatModel } from "../attacks/threat_model/threat_model.ts";
import { type AugmentationConfig, NO_AUGMENTATION } from "../datasets/augment.ts";
import { type Batches, batches } from "../datasets/batches.ts";
import { Feed } from "../datasets/feed.ts";
import type { ImageSet } from "../datasets/types.ts";
import { gradients } from "../engine/autograd/autograd.ts";
import { type Json, loadCheckpoint, saveCheckpoint } from "../engine/files/checkpoint.ts";
import type { Gpu } from "../engine/device/device.ts";
import { asTensor } from "../engine/graph/graph.ts";
import { exportWeights, loadWeights } from "../engine/nn/weights.ts";
import { assign, assignRow } from "../engine/ops/assign.ts";
import { meanAll } from "../engine/ops/reduce_sum.ts";
import { clipGradNorm } from "../engine/optim/clip.ts";
import type { Optimizer } from "../engine/optim/optimizer.ts";
import type { Schedule } from "../engine/optim/schedules.ts";
import { Pace } from "../engine/device/pace.ts";
import { Program } from "../engine/program/program.ts";
import { stream } from "../common/random.ts";
import { f32, u32 } from "../engine/arrays/shape.ts";
import { type Tensor, Variable } from "../engine/graph/tensor.ts";
import { bufferOf, read, release, write } from "../engine/graph/variables.ts";
import { Accumulator } from "./accumulate.ts";
import { batchOf } from "./batch.ts";
import type { Learner } from "./types.ts";

/** A loss or a weight is no longer a finite number. */
export class NonFiniteLossError extends Error {
  override name = "NonFiniteLossError";
}

/** PGD on every training batch (adversarial training). */
export interface Adversary {
  readonly norm: "Linf" | "L2";
  readonly eps: number;
  readonly steps: number;
  readonly stepSize: number;
  readonly randomStart: boolean;
}

/** Options of a training. */
export interface TrainOptions {
  readonly learner: Learner;
  readonly set: ImageSet;
  readonly batchSize: number;
  readonly optimizer: Optimizer;
  /** Learning rate by update. */
  readonly schedule: Schedule;
  /** Batches whose gradients are averaged for one update. Default 1. */
  readonly accumulate?: number;
  /** Largest common norm of the gradients; null, the default, for any. */
  readonly clipNorm?: number | null;
  /** Of the views that the paradigm asks for. Default none. */
  readonly augmentation?: AugmentationConfig;
  /** Default null: standard training. */
  readonly adversary?: Adversary | null;
  /** Of the order of examples, the augmentation and the adversary's starts. */
  readonly seed: number;
}

/** The report of an epoch. */
export interface EpochReport {
  /** Mean of the steps' losses. */
  readonly loss: number;
  /** Share of right predictions in training mode; null where the paradigm predicts no labels. */
  readonly accuracy: number | null;
  /** Each step's loss. */
  readonly losses: Float32Array;
}

/** Parts of a trainer. */
interface Parts {
  readonly feed: Feed;
  readonly order: Batches;
  readonly history: { readonly index: Variable; readonly losses: Variable; readonly correct: Variable };
  readonly step: Program;
  /** The update of the parameters, where it is not part of every step. */
  readonly update: { readonly program: Program; readonly sums: readonly Variable[] } | null;
  /** Makes the batch that `step` trains on out of the augmented images; null for standard training. */
  readonly attack: { readonly begin: Program; readonly walk: Walk; readonly options: Adversary } | null;
  readonly predictsLabels: boolean;
}

/** A training run. Its state is in variables: the learner's, the optimiser's, and the number of steps done. */
export class Trainer {
  readonly #gpu: Gpu;
  readonly #options: TrainOptions;
  readonly #parts: Parts;
  #stepsDone = 0;

  private constructor(gpu: Gpu, options: TrainOptions, parts: Parts) {
    this.#gpu = gpu;
    this.#options = options;
    this.#parts = parts;
  }

  /** Compiles the training step. */
  static async create(gpu: Gpu, options: TrainOptions): Promise<Trainer> {
    const { learner, set, batchSize, optimizer, seed } = options;
    const { accumulate = 1, clipNorm = null, augmentation = NO_AUGMENTATION, adversary = null } = options;
    const feed = new Feed(gpu, set, { batchSize });
    const order = batches(stream(seed, "batches"), { count: set.count, batchSize });
    const history = {
      index: new Variable("history index", u32()),
      losses: new Variable("losses", f32(order.batchesPerEpoch, 1)),
      correct: new Variable("correct", f32(order.batchesPerEpoch, 1)),
    };
    let attack: Parts["attack"] = null;
    if (adversary !== null) {
      const walk = await compileAdversary(gpu, { learner, feed, adversary, seed });
      const begin = await Program.compile(gpu, "adversary batch", () => {
        assign(walk.origin, batchOf(feed, { augmentation, seed }).view(0));
        assign(walk.examples, feed.examples);
      });
      attack = { begin, walk, options: adversary };
    }
    const applyUpdate = (params: readonly Variable[], grads: readonly Tensor[]) => {
      optimizer.step(params, clipNorm === null ? grads : clipGradNorm(grads, clipNorm));
      learner.afterUpdate?.();
    };
    const accumulator = accumulate === 1 ? null : new Accumulator(learner.parameters, accumulate);
    let predictsLabels = false;
    const step = await Program.compile(gpu, "train step", () => {
      const attacked = attack === null ? undefined : asTensor(attack.walk.images);
      const { loss, correct } = learner.loss(batchOf(feed, { augmentation, seed, attacked }));
      const grads = gradients(loss, learner.parameters);
      if (accumulator === null) applyUpdate(learner.parameters, grads);
      else accumulator.add(grads);
      assignRow(history.losses, loss, { index: history.index });
      if (correct !== null) assignRow(history.correct, meanAll(correct), { index: history.index });
      predictsLabels = correct !== null;
    });
    const update = accumulator && {
      program: await accumulator.compileUpdate(gpu, applyUpdate),
      sums: accumulator.sums,
    };
    const trainer = new Trainer(gpu, options, { feed, order, history, step, update, attack, predictsLabels });
    // A step need not use every variable of the state. Whether a checkpoint is saved or restored, which depends on the
    // clock, must not change how much memory the training takes.
    for (const variable of trainer.#state) bufferOf(gpu, variable);
    return trainer;
  }

  /** Batches in an epoch; a last, smaller one is left out. */
  get stepsPerEpoch(): number {
    return this.#parts.order.batchesPerEpoch;
  }

  /** Steps done so far. */
  get stepsDone(): number {
    return this.#stepsDone;
  }

  get #state(): readonly Variable[] {
    const { learner, optimizer } = this.#options;
    const { update, history: { losses, correct } } = this.#parts;
    return [
      ...learner.parameters,
      ...learner.buffers,
      ...optimizer.state,
      ...update?.sums ?? [],
      losses,
      correct,
    ];
  }

  /** Kernels that one step starts, an attack's steps included. */
  get dispatchesPerStep(): number {
    return this.#sumOverStep((program) => program.dispatches);
  }

  /** Multiplications and additions of one step, an attack's steps included. */
  get flopsPerStep(): number {
    return this.#sumOverStep((program) => program.flops);
  }

  #sumOverStep(of: (program: { readonly flops: number; readonly dispatches: number }) => number): number {
    const { step, update, attack } = this.#parts;
    const updates = update === null ? 0 : of(update.program) / (this.#options.accumulate ?? 1);
    return of(step) + updates +
      (attack === null ? 0 : of(attack.begin) + attack.options.steps * of(attack.walk));
  }

  /**
   * Saves the state to a checkpoint: a trainer made with the same options that restores it continues bit for bit.
   *
   * @param notes What the caller wants to find in the file again, under `notes` of its state.
   */
  async save(path: string, notes: Json = null): Promise<void> {
    const tensors = await exportWeights(this.#gpu, { parameters: this.#state, buffers: [] });
    const { seed, batchSize } = this.#options;
    await saveCheckpoint(path, { tensors, state: { stepsDone: this.#stepsDone, seed, batchSize, notes } });
  }

  /**
   * Goes on from a checkpoint that {@linkcode Trainer.save} wrote.
   *
   * @throws {SyntaxError} If the file is not a checkpoint.
   * @throws {RangeError} If it is one of another run: another seed, batch size, network or optimiser.
   */
  async restore(path: string): Promise<void> {
    const { tensors, state } = await loadCheckpoint(path);
    const saved = state as { stepsDone: number; seed: number; batchSize: number };
    const { seed, batchSize } = this.#options;
    if (saved.seed !== seed || saved.batchSize !== batchSize) {
      throw new RangeError(
        `Cannot restore ${path}: it is of another run, seed ${saved.seed} and batch size ${saved.batchSize}, ` +
          `expected ${seed} and ${batchSize}`,
      );
    }
    loadWeights(this.#gpu, { parameters: this.#state, buffers: [] }, tensors);
    this.#stepsDone = saved.stepsDone;
  }

  /** Submits one step. Nothing is read back and no device memory allocated. */
  step(): void {
    const { learner, optimizer, schedule, accumulate = 1 } = this.#options;
    const { feed, order, history, update, attack } = this.#parts;
    const step = this.#stepsDone, epoch = order.epochOf(step), updates = Math.floor(step / accumulate);
    feed.load(order.at(step), { epoch });
    write(this.#gpu, history.index, Uint32Array.of(step - epoch * this.stepsPerEpoch));
    if (attack !== null) {
      attack.begin.run();
      attack.walk.start({ random: attack.options.randomStart, restart: epoch });
      attack.walk.step(attack.options.steps);
    }
    optimizer.prepare(this.#gpu, { step: updates, learningRate: schedule(updates) });
    learner.prepare?.(this.#gpu, updates);
    this.#parts.step.run();
    this.#stepsDone++;
    if (this.#stepsDone % accumulate === 0) update?.program.run();
  }

  /**
   * Runs to the end of an epoch, then reads the losses of all its steps back. The signal that the device heeds stops it
   * between two steps; the trainer can be saved then, and the same epoch be run to its end later.
   *
   * @param options.epoch Default: that of the next step.
   * @throws {NonFiniteLossError} If a loss is not finite.
   */
  async epoch(
    { epoch = this.#parts.order.epochOf(this.#stepsDone), onStep }: {
      epoch?: number;
      onStep?: (step: number) => void;
    } = {},
  ): Promise<EpochReport> {
    const { history, predictsLabels } = this.#parts, end = (epoch + 1) * this.stepsPerEpoch;
    const pace = new Pace(this.#gpu);
    while (this.#stepsDone < end) {
      this.step();
      onStep?.(this.#stepsDone);
      await pace.step();
    }
    const losses = await read(this.#gpu, history.losses) as Float32Array;
    const correct = await read(this.#gpu, history.correct) as Float32Array;
    const bad = losses.findIndex((loss) => !Number.isFinite(loss));
    if (bad >= 0) {
      throw new NonFiniteLossError(
        `Cannot continue training: the loss is ${losses[bad]} at step ${epoch * this.stepsPerEpoch + bad}\n` +
          "Hint: use a smaller learning rate or clip the gradients (training.lr, training.clipNorm)",
      );
    }
    return { loss: mean(losses), accuracy: predictsLabels ? mean(correct) : null, losses };
  }

  /** Frees what belongs to the loop; the learner's variables stay. */
  dispose(): void {
    const { feed, history, step, update, attack } = this.#parts, { optimizer } = this.#options;
    for (const part of [feed, step, update?.program, attack?.begin, attack?.walk]) part?.dispose();
    const sums = update?.sums ?? [];
    release(this.#gpu, [...Object.values(history), ...optimizer.state, optimizer.scalars, ...sums]);
  }
}

/**
 * PGD against the learner's own classifier, in eval mode: one example's perturbation does not depend on the others.
 *
 * @throws {TypeError} If the learner has no classifier.
 */
function compileAdversary(
  gpu: Gpu,
  { learner, feed, adversary, seed }: { learner: Learner; feed: Feed; adversary: Adversary; seed: number },
): Promise<Walk> {
  const { logits } = learner;
  if (logits === null) {
    throw new TypeError("Cannot train adversarially: the paradigm has no classifier to attack");
  }
  return Walk.compile(gpu, {
    label: "adversary",
    batchSize: feed.batchSize,
    imageShape: feed.imageShape,
    objective: (images) => logOdds(logits(images), feed.labels),
    threatModel: threatModel(adversary.norm, adversary.eps),
    stepSize: adversary.stepSize,
    stream: stream(seed, "adversary"),
  });
}

function mean(values: Float32Array): number {
  return values.reduce((sum, v) => sum + v, 0) / Math.max(1, values.length);
}
