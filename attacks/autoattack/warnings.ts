/** Warnings of AutoAttack; docs/attacks.md explains each. */

import { DIAGNOSTIC, diagnosticOf, FLAT_RANGE } from "../diagnostics/logit_diagnostics.ts";
import type { AttackName, StageOutcome } from "./types.ts";
import type { AttackWarning } from "../diagnostics/warning.ts";

/** Evaluations of the first batch in the check for a randomised model. */
export const REPETITIONS = 5;
/** Tolerance of normalised logits between repetitions, in L2. */
const REPETITION_TOLERANCE = 1e-4;
/** Tolerance of probabilities and their sum. */
const PROBABILITY_TOLERANCE = 1e-5;
/** Share of all examples by which a black box may beat the white boxes: 0.2 points. */
const BLACK_BOX_SHARE = 0.002;
/** Target classes of targeted attacks. */
export const TARGETS = 9;

/**
 * Warns of a model that seems to be randomised: the number of correct predictions differs between repetitions, or the
 * normalised logits of an example differ by more than 1e-4 in L2 between two repetitions. Examples whose logits are not
 * finite in any repetition are skipped.
 *
 * Source: `check_randomized` of fra31/auto-attack, https://github.com/fra31/auto-attack/blob/master/autoattack/checks.py
 *
 * @param repetitions Logits [n, C] of the same examples, computed at least twice; {@linkcode REPETITIONS} times there.
 * @throws {RangeError} If there is only one repetition, or lengths do not fit.
 */
export function warnRandomised(
  repetitions: readonly ArrayLike<number>[],
  { labels }: { labels: ArrayLike<number> },
): AttackWarning | null {
  const n = labels.length;
  if (repetitions.length < 2) {
    throw new RangeError(
      `Cannot compare repetitions: expected at least 2, got ${repetitions.length}`,
    );
  }
  const whole = repetitions.map((logits) => rowsOf(logits, n));
  const finite = (z: Float64Array) => z.every(Number.isFinite);
  // Another warning covers logits that are never finite.
  const kept = whole[0].map((_, i) => whole.some((all) => finite(all[i])));
  const rows = whole.map((all) => all.filter((_, i) => kept[i]));
  const classes = Array.from(labels).filter((_, i) => kept[i]);
  const right = rows.map((all) => all.filter((z, i) => finite(z) && firstLargest(z) === classes[i]).length);
  const normalised = rows.map((all) => all.map(normalise));
  let largest = 0;
  for (let i = 0; i < classes.length; i++) {
    normalised.forEach((a, r) => {
      for (const b of normalised.slice(r + 1)) largest = Math.max(largest, distance(a[i], b[i]));
    });
  }
  const [min, max] = [Math.min(...right), Math.max(...right)];
  // In this form NaN counts as different.
  if (min === max && largest <= REPETITION_TOLERANCE) return null;
  return {
    code: "randomised-model",
    message: `The model seems to be randomised: of ${n} examples computed ${repetitions.length} times ${
      min === max ? `${max}` : `${min} to ${max}`
    } are correct, and their normalised logits differ by up to ${brief(largest)} (allowed: 0.0001)`,
  };
}

/**
 * Warns of a model that seems to return probabilities: every number is within 1e-5 of [0, 1], and every row's sum, in
 * float64, within 1e-5 of 1.
 *
 * Source: `check_range_output` of fra31/auto-attack.
 *
 * @param outputs [n, C] of `examples` = n examples, at least one.
 */
export function warnProbabilities(
  outputs: ArrayLike<number>,
  { examples }: { examples: number },
): AttackWarning | null {
  let lowest = Infinity, highest = -Infinity, furthest = 0;
  for (const row of rowsOf(outputs, examples)) {
    const sum = row.reduce((total, v) => total + v, 0);
    furthest = Math.max(furthest, Math.abs(sum - 1));
    for (const v of row) {
      lowest = Math.min(lowest, v);
      highest = Math.max(highest, v);
    }
  }
  const inRange = lowest > -PROBABILITY_TOLERANCE && highest < 1 + PROBABILITY_TOLERANCE;
  if (!inRange || !(furthest < PROBABILITY_TOLERANCE)) return null;
  return {
    code: "probabilities-not-logits",
    message:
      `The model seems to return probabilities: its ${outputs.length} outputs for ${examples} examples are in ` +
      `[${brief(lowest)}, ${brief(highest)}], and each row sums to 1 within ${brief(furthest)}`,
  };
}

/**
 * Warns of examples that an attack cannot move: the gradient of its loss is exactly 0 or not finite.
 *
 * Source: `check_zero_gradients` of fra31/auto-attack, which checks at APGD's starting points, under the DLR losses.
 *
 * @param largest The largest absolute value of each example's input gradient, [n]; an L2 norm would lose gradients
 * whose squares are too small for float32.
 */
export function warnZeroGradients(
  largest: ArrayLike<number>,
  { attack }: { attack: AttackName },
): AttackWarning | null {
  const n = largest.length;
  const zeros = Array.from(largest).filter((v) => v === 0 || !Number.isFinite(v)).length;
  if (zeros === 0) return null;
  return {
    code: "zero-gradients",
    message: `The gradient of the loss of ${attack} is exactly 0, or not finite, in ${zeros} of ${n} ` +
      `examples (${percent(zeros / n)}): it cannot move these examples`,
  };
}

/**
 * Warns of examples whose logits are not finite, for clean images or those that an attack returned: they count as
 * incorrect.
 *
 * @param logits [n, C] of `examples` = n examples; n may be 0.
 * @param options.of Source of the images: "clean", or the attack that returned them.
 */
export function warnNotFinite(
  logits: ArrayLike<number>,
  { examples, of }: { examples: number; of: AttackName | "clean" },
): AttackWarning | null {
  const rows = examples === 0 ? [] : rowsOf(logits, examples);
  const odd = rows.filter((z) => !z.every(Number.isFinite)).length;
  if (odd === 0) return null;
  const what = of === "clean" ? "clean images" : `images that ${of} returned`;
  return {
    code: "non-finite-logits",
    message: `Of ${examples} ${what} ${odd} have logits that are not finite: these count as incorrect`,
  };
}

/**
 * Warns of flat logits: in more than half of the correctly classified examples, the logits of all wrong classes lie within
 * 1 of each other. The cross-entropy hardly prefers one of them, and APGD on it leads away from the label, not to the
 * nearest class. The other attacks do not depend on that.
 *
 * @param logits [n, C] of the clean images.
 * @param options.clean 1 where they are classified correctly, [n].
 */
export function warnFlat(
  logits: ArrayLike<number>,
  { labels, clean, attacks }: {
    labels: ArrayLike<number>;
    clean: ArrayLike<number>;
    attacks: readonly AttackName[];
  },
): AttackWarning | null {
  if (!attacks.includes("apgd-ce")) return null;
  const rows = rowsOf(logits, labels.length).filter((z, i) =>
    clean[i] && diagnosticOf(z, labels[i]) === DIAGNOSTIC.flat
  );
  const correct = Array.from(clean).filter((v) => v).length;
  if (rows.length <= correct / 2) return null;
  return {
    code: "flat-logits",
    message:
      `In ${rows.length} of ${correct} examples that are classified correctly the logits of all wrong classes ` +
      `are within ${FLAT_RANGE} of each other: apgd-ce leads away from the label, not to the nearest class`,
  };
}

/**
 * Warns that targeted attacks aim at fewer than 9 classes, because the model has too few.
 *
 * Source: `check_n_classes` of fra31/auto-attack.
 */
export function warnFewerTargets(
  { classes, attacks }: { classes: number; attacks: readonly AttackName[] },
): AttackWarning | null {
  const targeted = attacks.filter((name) => name === "apgd-t" || name === "fab-t");
  if (targeted.length === 0 || classes > TARGETS) return null;
  return {
    code: "fewer-targets",
    message:
      `The model has ${classes} classes: ${targeted.join(" and ")} aim${
        targeted.length === 1 ? "s" : ""
      } at the ` +
      `${classes - 1} others, not at ${TARGETS}`,
  };
}

/**
 * Warns of gradient-based attacks that may have failed: Square, which uses no gradients, lowered the robust accuracy by more
 * than 0.2 points below theirs.
 *
 * Source: `check_square_sr` of fra31/auto-attack.
 *
 * @param outcomes Outcomes of a cascade in order, each with the examples still correct after it.
 */
export function warnBlackBox(
  outcomes: readonly Pick<StageOutcome, "name" | "correct">[],
): AttackWarning | null {
  const square = outcomes.find(({ name }) => name === "square");
  const whiteBox = outcomes.filter(({ name }) => name !== "square");
  if (square === undefined || whiteBox.length === 0) return null;
  const n = square.correct.length;
  const count = (correct: Uint8Array) => correct.reduce((sum, v) => sum + v, 0);
  const left = Math.min(...whiteBox.map(({ correct }) => count(correct))), after = count(square.correct);
  if (!(left - after > BLACK_BOX_SHARE * n)) return null;
  return {
    code: "black-box-beats-white-box",
    message:
      `Square lowered the robust accuracy by ${
        (100 * (left - after) / n).toFixed(2)
      } points, from ${left} to ` +
      `${after} of ${n} examples, after ${
        whiteBox.map(({ name }) => name).join(", ")
      } (expected: at most 0.2 points)`,
  };
}

function rowsOf(values: ArrayLike<number>, n: number): Float64Array[] {
  const classes = values.length / Math.max(1, n);
  if (n === 0 || !Number.isInteger(classes) || classes === 0) {
    throw new RangeError(
      `Cannot check outputs: expected the same number for each example, got ${values.length} for ${n} examples`,
    );
  }
  const all = Float64Array.from(values);
  return Array.from({ length: n }, (_, i) => all.subarray(i * classes, (i + 1) * classes));
}

function firstLargest(z: Float64Array): number {
  return z.indexOf(z.reduce((a, b) => Math.max(a, b), -Infinity));
}

function normalise(z: Float64Array): Float64Array {
  const norm = Math.hypot(...z) || 1;
  return z.map((v) => v / norm);
}

function distance(a: Float64Array, b: Float64Array): number {
  return Math.sqrt(a.reduce((sum, v, i) => sum + (v - b[i]) ** 2, 0));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** A number in three significant digits. */
function brief(value: number): string {
  return `${Number(value.toPrecision(3))}`;
}
