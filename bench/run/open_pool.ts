import { surroundingsOf } from "../adapter/surroundings.ts";
import { localPool } from "../jobs/local_pool.ts";
import type { CellPool } from "../jobs/pool.ts";
import { workerPool } from "../jobs/worker_pool.ts";

import type { Piece } from "./begin.ts";
import type { RunRequest, RunServices } from "./request.ts";

/** This process, or worker processes; these have devices of their own, and find the data in a file of the run folder. */
export async function openPool(piece: Piece, request: RunRequest, services: RunServices): Promise<CellPool> {
  const { folder, workbench, sharing, context } = piece, { preset, dataDir, variants, backend } = request;
  const { signal, progress, checkpointPauseMs, worker } = services;
  if (sharing.jobs === 1) {
    return localPool(workbench, { folder, keys: context.keys, signal, checkpointPauseMs });
  }
  const dataFile = await shareData(piece);
  workbench.close();
  const pool = workerPool({
    ...sharing,
    program: worker!,
    keys: context.keys,
    setup: { preset, dataDir, dataFile, runDir: folder.path, variants, backend, checkpointPauseMs },
    expected: surroundingsOf(workbench),
    signal,
    note: (text) => progress.note(text),
  });
  const close = async () => {
    await pool.close();
    if (dataFile !== undefined) await Deno.remove(dataFile).catch(() => {});
  };
  return { ...pool, close };
}

/** The file in which workers find the data; undefined where they read the data themselves. */
async function shareData({ folder, workbench }: Piece): Promise<string | undefined> {
  if (workbench.writeData === undefined) return undefined;
  const path = folder.temporaryPath("data");
  try {
    await workbench.writeData(path);
    return path;
  } catch {
    return undefined; // a full disk shows where results are written
  }
}
