/** AutoAttack: the standard evaluation of robustness, resumable and independent of the batch. */
export * from "./auto_attack_on.ts";
export { autoAttack } from "./autoattack.ts";
export * from "./protocol.ts";
export { referenceRadius } from "./reference_radius.ts";
export * from "./safety.ts";
export * from "./types.ts";
