/** AutoAttack: the field's standard evaluation of robustness, resumable and the same whatever the batch. */
export { autoAttack } from "./autoattack.ts";
export * from "./protocol.ts";
export { referenceRadius } from "./reference_radius.ts";
export * from "./safety.ts";
export * from "./types.ts";
