/** Where records are made: the part of the envelope that the cells of one process have in common. */
import type { CellRecord, MachineInfo } from "../records/mod.ts";
import { gitState, lockHash, machineInfo, runtimeInfo } from "./env.ts";

/** Code, machine and runtime behind a record. */
export type Place = Pick<CellRecord, "commit" | "dirty" | "machine" | "runtime">;

/** This process, with an open adapter and what the system says of its driver. */
export async function placeOf(
  { adapter, driver }: { readonly adapter: MachineInfo["adapter"]; readonly driver: string | null },
): Promise<Place> {
  return {
    ...await gitState(),
    machine: machineInfo(adapter, { driver }),
    runtime: { ...runtimeInfo(), lockSha256: await lockHash() },
  };
}
