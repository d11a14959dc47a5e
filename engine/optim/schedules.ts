/** Learning rates as pure functions of progress. */

/** The learning rate of an update from the number of updates (or epochs) done before it. */
export type Schedule = (step: number) => number;

/** Settings that all schedules have. */
export interface ScheduleOptions {
  /** The learning rate after the warm-up. */
  readonly lr: number;
  /** Length of the linear warm-up: step s < warmupSteps has lr * (s + 1) / warmupSteps. Default 0. */
  readonly warmupSteps?: number;
}

/** Settings of {@linkcode cosine}. */
export interface CosineOptions extends ScheduleOptions {
  /** The step at which the floor is reached, warm-up included; it stays there afterwards. */
  readonly totalSteps: number;
  /** The learning rate at the end. Default 0. */
  readonly floor?: number;
}

/** Settings of {@linkcode stepDecay}. */
export interface StepDecayOptions extends ScheduleOptions {
  /** Steps, none before the last, from which on the rate is multiplied by `factor` once more. */
  readonly milestones: readonly number[];
  /** Default 0.1. */
  readonly factor?: number;
}

/**
 * The same rate throughout, after the warm-up.
 *
 * @throws {RangeError} If an option is out of range.
 */
export function constant({ lr, warmupSteps = 0 }: ScheduleOptions): Schedule {
  return withWarmup({ lr, warmupSteps }, () => lr);
}

/**
 * floor + (lr - floor) * (1 + cos(pi * progress)) / 2, progress running from 0 at the end of the warm-up to 1 at
 * `totalSteps`, where it stays: the rate never climbs again.
 *
 * Source: Loshchilov and Hutter 2017, equation 5, https://arxiv.org/abs/1608.03983, without restarts.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const schedule = cosine({ lr: 0.1, totalSteps: 100 });
 * assertAlmostEquals(schedule(50), 0.05);
 * ```
 *
 * @throws {RangeError} If an option is out of range.
 */
export function cosine({ lr, warmupSteps = 0, totalSteps, floor = 0 }: CosineOptions): Schedule {
  check("floor", floor, floor >= 0 && floor <= lr);
  check("totalSteps", totalSteps, Number.isSafeInteger(totalSteps) && totalSteps > warmupSteps);
  return withWarmup({ lr, warmupSteps }, (step) => {
    const progress = Math.min(1, (step - warmupSteps) / (totalSteps - warmupSteps));
    return floor + (lr - floor) * (1 + Math.cos(Math.PI * progress)) / 2;
  });
}

/**
 * lr * factor^(number of milestones reached).
 *
 * @throws {RangeError} If an option is out of range.
 */
export function stepDecay({ lr, warmupSteps = 0, milestones, factor = 0.1 }: StepDecayOptions): Schedule {
  check("factor", factor, factor > 0 && factor <= 1);
  check("milestones", milestones.join(), milestones.every((m, i) => i === 0 || m >= milestones[i - 1]));
  return withWarmup({ lr, warmupSteps }, (step) => lr * factor ** milestones.filter((m) => step >= m).length);
}

function withWarmup({ lr, warmupSteps }: Required<ScheduleOptions>, after: Schedule): Schedule {
  check("lr", lr, lr >= 0 && lr < Infinity);
  check("warmupSteps", warmupSteps, Number.isSafeInteger(warmupSteps) && warmupSteps >= 0);
  return (step) => step < warmupSteps ? lr * (step + 1) / warmupSteps : after(step);
}

function check(name: string, value: number | string, holds: boolean): void {
  if (!holds) throw new RangeError(`Cannot create schedule: ${name} is out of range, got ${value}`);
}
