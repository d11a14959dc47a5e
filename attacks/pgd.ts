/** The old path, until imports follow. */

export type { LogitsFn } from "./threat_model/logits_fn.ts";
export * from "./pgd/pgd.ts";
