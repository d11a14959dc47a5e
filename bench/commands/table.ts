import type { CommandProgram } from "../../common/command_line/mod.ts";
import { EXIT } from "../../common/usage_error.ts";
import { PRESETS } from "../config/load_preset.ts";
import { ATTACK_COMMAND } from "./attack.ts";
import { COMPARE_COMMAND } from "./compare.ts";
import { HISTORY_COMMAND } from "./history.ts";
import { PEERS_COMMAND } from "./peers.ts";
import { PERF_COMMAND } from "./perf.ts";
import { PLAN_COMMAND } from "./plan.ts";
import { REPRODUCE_COMMAND } from "./reproduce.ts";
import { RUN_COMMAND } from "./run.ts";
import type { BenchServices } from "./services.ts";
import { VERIFY_COMMAND } from "./verify.ts";

/** The commands of `bench`: dispatcher, help and reference read this table. */
export const BENCH: CommandProgram<BenchServices> = {
  command: "deno task bench",
  about: "Measures how useful and how robust natural, robust and non-robust features are.",
  root: RUN_COMMAND,
  exitCodes: Object.values(EXIT),
  commands: {
    plan: PLAN_COMMAND,
    attack: ATTACK_COMMAND,
    perf: PERF_COMMAND,
    peers: PEERS_COMMAND,
    reproduce: REPRODUCE_COMMAND,
    verify: VERIFY_COMMAND,
    compare: COMPARE_COMMAND,
    history: HISTORY_COMMAND,
  },
  hint: (name) => `deno task bench --preset ${Object.hasOwn(PRESETS, name) ? name : "NAME"} runs a preset`,
};
