/** The counter-based random numbers of `common/random.ts`, which the engine's kernels compute too. */
export * from "../../common/random.ts";
