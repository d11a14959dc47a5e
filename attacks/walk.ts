/** The old path, until imports follow. */

export * from "./walk/walk.ts";
