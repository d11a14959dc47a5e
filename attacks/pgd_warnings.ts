/** The old path, until imports follow. */

export * from "./pgd/pgd_warnings.ts";
