import type { Backend } from "../../engine/device/backend.ts";
import { reserveRecord, writeRecord } from "../record/record_file.ts";
import { completeOptions, formatCommand } from "../../common/command_line/mod.ts";
import { PEERS_OPTIONS } from "./options.ts";
import { type PeerName, PEERS } from "./peer_list.ts";
import { PEERS_RECORD, type PeersRecord } from "../records/peers_record.ts";
import { timePeers, type TimePeersOptions } from "./time_peers.ts";

/** What {@linkcode comparePeers} compares; defaults are those of `deno task bench peers`. */
export interface ComparePeersOptions {
  /** What to measure besides this engine. Default: all. */
  readonly peers?: readonly Exclude<PeerName, "ours">[];
  /** How often each is timed. Default: 5. */
  readonly rounds?: number;
  /** Repetitions of the workload in a sample. Default: enough for 0.3 s. */
  readonly steps?: number;
  /** What computes. Default: the system's own backend, never OpenGL. */
  readonly backend?: Backend;
  /** Where the record goes; a file that exists is refused. Default: it is only returned. */
  readonly out?: string;
  /** For the record. Default: the command that does the same. */
  readonly command?: string;
  /** Receives progress messages. */
  readonly note?: (text: string) => void;
  /** Abort it to end all processes; then the promise rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Times the same workloads on this engine and on other frameworks, in turns, in processes of their own: `deno task bench
 * peers`. The record gives the reason if a framework cannot be started, fails or runs another workload.
 *
 * @throws {UsageError} If an option is out of range, packages cannot be fetched, or
 * the record's file exists or cannot be written.
 * @throws {NoAdapterError} If no adapter answers.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { comparePeers } from "./compare_peers.ts";
 * // const { rows } = await comparePeers({ peers: ["torch"], rounds: 3 });
 * await assertRejects(() => comparePeers({ rounds: 0 }), Error, "rounds: must be a whole number");
 * ```
 */
export async function comparePeers(
  options: ComparePeersOptions = {},
  { time = timePeers }: ComparePeersServices = {},
): Promise<PeersRecord> {
  const { out = null, note = () => {}, signal = new AbortController().signal } = options;
  const { peers: names, ...complete } = completeOptions(options, PEERS_OPTIONS);
  const command = options.command ??
    formatCommand("deno task bench peers", { table: PEERS_OPTIONS, options });
  if (out !== null) await reserveRecord(out);
  const record = await time({
    ...complete,
    peers: PEERS.filter(({ name }) => name === "ours" || (names?.includes(name) ?? true)),
    command,
    startedAt: new Date(),
    signal,
    say: (text) => note(text.trimEnd()),
  });
  if (out !== null) await writeRecord(out, PEERS_RECORD.write(record));
  return record;
}

/** What the function needs from outside; tests pass their own. */
export interface ComparePeersServices {
  /** Default: in real processes. */
  readonly time?: (options: TimePeersOptions) => Promise<PeersRecord>;
}
