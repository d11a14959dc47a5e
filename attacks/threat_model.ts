/** The old path, until imports follow. */

export * from "./threat_model/threat_model.ts";
