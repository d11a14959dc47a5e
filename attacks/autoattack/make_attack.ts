/** Compiles planned attacks. */

import type { Gpu } from "../../engine/device/device.ts";
import { stream } from "../../common/random.ts";
import { Apgd } from "../apgd/apgd.ts";
import type { ApgdLoss } from "../apgd/apgd_options.ts";
import { Fab } from "../fab/fab.ts";
import type { SlotAttack } from "../slots/slot_attack.ts";
import { Square } from "../square/square.ts";
import type { PlannedAttack } from "./protocol.ts";
import type { AttackName, AutoAttackOptions } from "./types.ts";

/** The loss that each APGD maximises. */
export const LOSSES: Partial<Record<AttackName, ApgdLoss>> = {
  "apgd-ce": "ce",
  "apgd-dlr": "dlr",
  "apgd-t": "targeted-dlr",
};

/**
 * Compiles an attack.
 *
 * @throws {RangeError} If a setting does not fit the attack.
 */
export async function makeAttack(
  gpu: Gpu,
  { name, ...plan }: PlannedAttack,
  options: AutoAttackOptions & { readonly slots: number },
): Promise<SlotAttack> {
  const { logits, classes, norm, eps, apgdEps = eps, imageShape, slots, seed, iterations, queries } = options;
  const { officialConstants } = options;
  const common = {
    name,
    logits,
    norm,
    slots,
    imageShape,
    stream: stream(seed, `autoattack/${name}`),
    ...plan,
  };
  const loss = LOSSES[name];
  if (loss !== undefined) {
    return await Apgd.compile(gpu, { ...common, classes, eps: apgdEps, loss, iterations, officialConstants });
  }
  if (name === "square") return await Square.compile(gpu, { ...common, eps, queries });
  return await Fab.compile(gpu, {
    ...common,
    classes,
    eps,
    targeted: name === "fab-t",
    iterations,
    officialConstants,
  });
}
