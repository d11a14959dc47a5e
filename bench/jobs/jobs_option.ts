/** `--jobs`: how many cells run at once. */
import type { CellDescription } from "../plan/cell.ts";
import { option, whole } from "../../common/command_line/mod.ts";

/** The option, for the commands that have it. */
export const JOBS_OPTION = option({
  name: "jobs",
  value: "N",
  type: whole({ min: 1, max: 9999 }),
  defaultText: "1; on a software adapter one per core",
  help: "cells at once, each in a process of its own",
});

/** How a run shares the machine among its cells. */
export interface Sharing {
  /** How many cells run at once. */
  readonly jobs: number;
  /** Threads of the software adapter for each; null on other adapters, and where there is one job. */
  readonly threads: number | null;
}

/** What a machine has to share. */
export interface Machine {
  /** Whether the adapter is a software one. */
  readonly isFallback: boolean;
  readonly cores: number;
  /** Free memory; Infinity where it is not known. */
  readonly freeBytes: number;
}

/** Memory that a worker may come to need: about 1.2 GB under the `quick` preset, most of it compiled kernels. */
const WORKER_BYTES = 2 * 2 ** 30;

/** The machine that this process runs on. */
export function machineOf({ isFallback }: { isFallback: boolean }): Machine {
  return { isFallback, cores: navigator.hardwareConcurrency, freeBytes: freeMemory() };
}

function freeMemory(): number {
  try {
    return Deno.systemMemoryInfo().available;
  } catch {
    return Infinity; // not allowed, or not known here
  }
}

/**
 * Shares the machine. A software adapter keeps one core busy with a small network and gains little by a second one: its
 * default is one job for each core, as far as the memory reaches. A hardware adapter is kept busy by one job.
 *
 * @param asked How many jobs; null for the default. Never more than can run at once: each cell needs at most one other,
 * so these are as many as there are cells that no other one needs.
 */
export function shareMachine(
  cells: readonly CellDescription[],
  { asked, machine: { isFallback, cores, freeBytes } }: { asked: number | null; machine: Machine },
): Sharing {
  const last = cells.filter(({ name }) => !cells.some(({ inputs }) => inputs.includes(name)));
  const suited = isFallback ? Math.min(cores, Math.floor(freeBytes / WORKER_BYTES)) : 1;
  const jobs = Math.max(1, Math.min(asked ?? suited, last.length));
  const threads = isFallback && jobs > 1 ? Math.max(1, Math.floor(cores / jobs)) : null;
  return { jobs, threads };
}
