/** `deno task bench plan`: profiles and prints; runs nothing and writes nothing. */
import { defineCommand, flag } from "../../common/command_line/mod.ts";
import { EXIT } from "../../common/usage_error.ts";
import { useVectorWidth, VECTOR_WIDTH_OPTION } from "../adapter/vector_width.ts";
import { formatPlan, type ProfilingProgress } from "../plan/plan_command.ts";
import { formatStates } from "../plan/plan_states.ts";
import { duration } from "../../common/duration.ts";
import { benchStates, planBench } from "./plan_bench.ts";
import { PLAN_OPTIONS } from "./run_options.ts";
import type { BenchServices } from "./services.ts";
import { JSON_OPTION, QUIET_OPTION, toJson } from "./shared_options.ts";

const OPTIONS = [
  ...PLAN_OPTIONS,
  flag({ name: "states", help: "say only the states of cells, without profiling" }),
  VECTOR_WIDTH_OPTION,
  QUIET_OPTION,
  JSON_OPTION,
] as const;

/** The command. */
export const PLAN_COMMAND = defineCommand({
  command: "deno task bench plan",
  summary: "say what a preset would run and what it would cost",
  about: "Says what a preset would run and what it would cost. Writes nothing.",
  stopsAtOnce: true,
  options: OPTIONS,
  async run({ options }, { stdout, stderr, signal, openWorkbench }: BenchServices) {
    const { states, vectorWidth = null, quiet, json, ...asked } = options;
    useVectorWidth(vectorWidth);
    const told = quiet ? {} : {
      onCell: (name: string, { number, total }: ProfilingProgress) =>
        stderr(`profiling ${name} (${number} of ${total})\n`),
      onProfiled: (name: string, durationMs: number) =>
        stderr(`profiled ${name} in ${duration(durationMs)}\n`),
    };
    const note = (text: string) => stderr(`${text}\n`);
    const all = { ...asked, ...told, note, signal, openWorkbench };
    if (states) {
      const found = await benchStates(all);
      stdout(json ? toJson(found) : formatStates(found.preset, found.cells));
    } else {
      const plan = await planBench(all);
      stdout(json ? toJson(plan) : formatPlan(plan));
    }
    return EXIT.done;
  },
});
