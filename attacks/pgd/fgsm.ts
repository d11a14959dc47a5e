/** The fast gradient sign method. */

import type { Gpu } from "../../engine/device/device.ts";
import { stream } from "../../common/random.ts";
import { Pgd, type PgdOptions } from "./pgd.ts";

/** Settings of FGSM. */
export type FgsmOptions = Pick<
  PgdOptions,
  "logits" | "threatModel" | "batchSize" | "imageShape" | "targeted"
>;

/**
 * Compiles the fast gradient sign method: one step of size eps from the image itself that increases the label's
 * cross-entropy (or decreases that of a target), clipped to the pixel range. The result is a PGD of one step.
 *
 * L-infinity: x + eps sign(gradient). L2: x + eps gradient / norm(gradient), the "fast gradient method". An image whose
 * gradient is 0 does not change. Nothing is random.
 *
 * Source: Goodfellow et al. 2015, section 4, https://arxiv.org/abs/1412.6572. Departure: it does not clip.
 *
 * @throws {RangeError} If the threat model has no eps above 0.
 */
export async function fgsm(gpu: Gpu, options: FgsmOptions): Promise<Pgd> {
  const { eps, norm } = options.threatModel;
  if (eps === null || !(eps > 0)) {
    throw new RangeError(
      `Cannot compile FGSM: its one step needs an eps above 0, got ${norm} with eps ${eps}`,
    );
  }
  return await Pgd.compile(gpu, {
    ...options,
    stepSize: eps,
    steps: 1,
    restarts: 1,
    randomStart: false,
    stream: stream(0, "fgsm"),
  });
}
