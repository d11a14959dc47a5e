/** The optimiser interface, and named state per parameter. */

import type { Gpu } from "../device/device.ts";
import { formatShape, sameShape } from "../arrays/shape.ts";
import { type Tensor, Variable } from "../graph/tensor.ts";

/** Numbers that change between updates. */
export interface UpdateScalars {
  /** Number of updates done before this one; the number that schedules take. */
  readonly step: number;
  readonly learningRate: number;
}

/**
 * Updates parameters from gradients. `step` is called while a program is recorded, `prepare` before each run:
 *
 * ```text
 * const optimizer = sgd({ momentum: 0.9 });
 * const program = await Program.compile(gpu, "train", () => {
 *   const value = loss();
 *   optimizer.step(params, clipGradNorm(gradients(value, params), 5));
 *   return { value };
 * });
 * for (let step = 0; step < totalSteps; step++) {
 *   optimizer.prepare(gpu, { step, learningRate: schedule(step) });
 *   program.run();
 * }
 * ```
 */
export interface Optimizer {
  /**
   * Records the update of each parameter in place. Operations recorded afterwards see the new values.
   *
   * @throws {RangeError} If the lists differ in length, a gradient differs in shape, or a parameter or the name
   * of its state occurs twice.
   * @throws {TypeError} If no program is being recorded.
   */
  step(params: readonly Variable[], grads: readonly Tensor[]): void;
  /**
   * Writes the numbers of the next update; until the first call the learning rate is 0. No wait.
   *
   * @throws {RangeError} If `step` is not a whole number from 0 up, or the learning rate is negative or not finite.
   */
  prepare(gpu: Gpu, scalars: UpdateScalars): void;
  /** State for checkpoints, one variable per name; complete once `step` has been recorded. */
  readonly state: readonly Variable[];
  /** Numbers written by `prepare`; with `state` all that the optimiser holds on the device. */
  readonly scalars: Variable;
}

/** Selects the parameters that the weight decay applies to. */
export type DecaysFn = (parameter: Variable) => boolean;

/** Decay for matrices and kernels only: none for biases, scales and shifts, which have rank 1 or 0. */
export function decayMatricesOnly(parameter: Variable): boolean {
  return parameter.shape.length > 1;
}

/** Groups members by the weight decay of their parameters: one kernel updates each group. Omits empty groups. */
export function byDecay<T extends { readonly param: Variable }>(
  members: readonly T[],
  { weightDecay, decays }: { readonly weightDecay: number; readonly decays: DecaysFn },
): { group: T[]; decay: number }[] {
  const decayed = weightDecay === 0 ? [] : members.filter(({ param }) => decays(param));
  const chosen = new Set(decayed);
  return [
    { group: decayed, decay: weightDecay },
    { group: members.filter((member) => !chosen.has(member)), decay: 0 },
  ].filter(({ group }) => group.length > 0);
}

/** State in the parameters' shapes, created at zero on first use and kept, so that programs share it. */
export class ParameterState {
  readonly #variables = new Map<Variable, Variable>();
  readonly #suffix: string;

  /** @param suffix Names a state after its parameter: "conv1.weight" + "." + suffix. */
  constructor(suffix: string) {
    this.#suffix = suffix;
  }

  /** All states made so far, in the order of their parameters' first update. */
  get variables(): readonly Variable[] {
    return [...this.#variables.values()];
  }

  /**
   * The state of a parameter.
   *
   * @param initial Values it starts with; default 0.
   * @throws {RangeError} If another parameter has the same name.
   */
  of(parameter: Variable, initial?: Variable["initial"]): Variable {
    let state = this.#variables.get(parameter);
    if (state !== undefined) return state;
    const name = `${parameter.name}.${this.#suffix}`;
    if (this.variables.some((other) => other.name === name)) {
      throw new RangeError(
        `Cannot keep state of parameter "${parameter.name}": another one has this name, got two different variables`,
      );
    }
    state = new Variable(name, parameter.spec, initial);
    this.#variables.set(parameter, state);
    return state;
  }
}

/** @throws {RangeError} If parameters and gradients do not belong together one by one. */
export function checkPairs(params: readonly Variable[], grads: readonly Tensor[]): void {
  if (params.length !== grads.length) {
    throw new RangeError(
      `Cannot update parameters: their number differs from that of the gradients, ` +
        `${params.length} and ${grads.length}`,
    );
  }
  params.forEach((param, i) => {
    if (!sameShape(param.shape, grads[i].shape)) {
      throw new RangeError(
        `Cannot update parameter "${param.name}": the shapes differ, parameter ${
          formatShape(param.shape)
        }, ` +
          `gradient ${formatShape(grads[i].shape)}`,
      );
    }
    if (params.indexOf(param) !== i) {
      throw new RangeError(
        `Cannot update parameter "${param.name}": it is listed twice, at ${params.indexOf(param)} and ${i}`,
      );
    }
  });
}

/** @throws {RangeError} If `step` is not a whole number from 0 up, or the learning rate is negative or not finite. */
export function checkScalars({ step, learningRate }: UpdateScalars): void {
  if (!Number.isSafeInteger(step) || step < 0) {
    throw new RangeError(`Cannot prepare update: step must be a whole number from 0 up, got ${step}`);
  }
  if (!(learningRate >= 0 && learningRate < Infinity)) {
    throw new RangeError(
      `Cannot prepare update: the learning rate must be finite and not negative, got ${learningRate}`,
    );
  }
}

/** @throws {RangeError} If an option lies outside [from, below). */
export function checkOption(
  name: string,
  value: number,
  { from, below }: { from: number; below: number },
): void {
  if (value >= from && value < below) return;
  throw new RangeError(
    `Cannot set ${name}: it must lie in [${from}, ${below}), got ${value}`,
  );
}
