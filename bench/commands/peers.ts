/** `deno task bench peers`: the same workloads on this engine and on other frameworks, in one interleaved run. */
import { defineCommand } from "../../common/command_line/mod.ts";
import { EXIT } from "../../common/usage_error.ts";
import { comparePeers } from "../peers/compare_peers.ts";
import { formatPeers } from "../peers/format.ts";
import { PEERS_OPTIONS } from "../peers/options.ts";
import { timestamp } from "../store/run_manifest.ts";
import type { BenchServices } from "./services.ts";
import { JSON_OPTION, outOption, QUIET_OPTION, toJson } from "./shared_options.ts";

const OPTIONS = [outOption("runs/peers-TIME.json"), ...PEERS_OPTIONS, JSON_OPTION, QUIET_OPTION] as const;

/** The command. */
export const PEERS_COMMAND = defineCommand({
  command: "deno task bench peers",
  summary: "time the same work on other frameworks",
  about: "Times the same work on this engine, on other WebGPU frameworks and on PyTorch, in turns.",
  options: OPTIONS,
  exitCodes: { 1: "a framework that could be started failed or did other work" },
  async run({ options, command }, { stdout, stderr, signal, time }: BenchServices) {
    const { json, quiet, ...asked } = options;
    const out = asked.out ?? `runs/peers-${timestamp(new Date())}.json`;
    const note = (text: string) => quiet ? undefined : stderr(`${text}\n`);
    const record = await comparePeers({ ...asked, out, command, note, signal }, { time });
    stdout(json ? toJson(record) : `${formatPeers(record)}\nRecord: ${out}\n`);
    return record.rows.every(({ reason }) => reason === null) ? EXIT.done : EXIT.failed;
  },
});
