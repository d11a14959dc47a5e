import type { Output } from "../../common/command_line/mod.ts";
import type { AttackNetworkServices } from "../attack/attack_network.ts";
import type { ComparePeersServices } from "../peers/compare_peers.ts";
import type { MeasurePerfServices } from "../perf/measure_perf.ts";
import type { OpenWorkbench } from "../plan/cell.ts";
import type { WriteReport } from "../run/request.ts";

/** What the commands of `bench` need from outside. Where a part is absent, the functions of the library have their own. */
export interface BenchServices extends Output {
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Whether stderr is a terminal, and how wide. */
  readonly terminal: { readonly columns: number } | null;
  /** Makes the page of a run. */
  readonly writeReport: WriteReport | null;
  /** Opens device and data. */
  readonly openWorkbench?: OpenWorkbench;
  /** Opens the device of `bench attack`. */
  readonly openAttackDevice?: AttackNetworkServices["openDevice"];
  /** Measures for `bench perf`. */
  readonly measure?: MeasurePerfServices["measure"];
  /** Times for `bench peers`. */
  readonly time?: ComparePeersServices["time"];
}
