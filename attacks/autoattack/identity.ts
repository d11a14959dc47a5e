/** Identity of an evaluation. */

import { sha256Hex } from "../../common/sha256.ts";
import { planAttacks } from "./protocol.ts";
import type { Identity } from "./state.ts";
import type { AutoAttackOptions } from "./types.ts";
import type { Examples } from "../evaluation/robustness_attack.ts";

/** Everything that an evaluation's outcome depends on, but for the model and the device; and the batch size. */
export async function identify(options: AutoAttackOptions, examples: Required<Examples>): Promise<Identity> {
  const {
    norm,
    eps,
    apgdEps = eps,
    imageShape,
    classes,
    seed,
    iterations = 100,
    queries = 5000,
    batchSize = 0,
    officialConstants = false,
  } = options;
  const attacks = planAttacks(options).map(({ name, restarts, targets, eotSamples }) =>
    `${name} restarts ${restarts} targets ${targets} ${eotSamples} EOT samples`
  );
  const hash = (values: Float32Array | Uint32Array) =>
    sha256Hex(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return {
    attacks: attacks.join(", "),
    ...{ norm, eps, apgdEps, classes, seed, iterations, queries, batchSize },
    officialConstants: officialConstants ? 1 : 0,
    imageShape: imageShape.join("x"),
    images: await hash(examples.images),
    labels: await hash(examples.labels),
    numbers: await hash(examples.numbers),
  };
}
