/** Checks of adversarial images. */

import { type Evaluation, gather } from "./evaluation.ts";
import { checkReturned } from "./safety.ts";
import type { AttackName, Safety } from "./types.ts";

/**
 * Checks the adversarial images at some positions, and summarises them.
 *
 * @throws {RangeError} If one of them violates eps or the pixel range, or is not finite.
 */
export function safetyOf(
  { options: { norm, eps, apgdEps = eps }, examples, progress }: Pick<
    Evaluation,
    "options" | "examples" | "progress"
  >,
  { attack, positions }: { attack: AttackName | "autoattack"; positions: readonly number[] },
): Safety {
  const count = examples.labels.length;
  const radius = attack === "autoattack" ? Math.max(eps, apgdEps) : attack.startsWith("apgd") ? apgdEps : eps;
  return checkReturned(gather(progress.images, positions, count), {
    clean: gather(examples.images, positions, count),
    numbers: positions.map((i) => examples.numbers[i]),
    norm,
    eps: radius,
    attack,
  });
}
