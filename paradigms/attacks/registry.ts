/** All attacks that judge robustness, in the order in which they run: the one place that lists them. */
import { autoAttack } from "../../attacks/autoattack/mod.ts";
import { autoAttackMethod } from "./auto_attack.ts";
import { AUTO_ATTACK } from "./auto_attack_settings.ts";
import { evaluatePgd } from "./pgd.ts";
import { PGD } from "./pgd_settings.ts";
import { registerAttack, type RegisteredAttack } from "./types.ts";

/** The attacks. The first judges clean images too, and its settings hold the threat model of all. */
export const EVALUATION_ATTACKS: readonly RegisteredAttack[] = [
  registerAttack(PGD, evaluatePgd),
  registerAttack(AUTO_ATTACK, autoAttackMethod(autoAttack)),
];
