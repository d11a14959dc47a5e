import type { Backend } from "../../engine/device/backend.ts";
import { reserveRecord, writeRecord } from "../record/record_file.ts";
import { toWords } from "../terminal/to_words.ts";
import { parsePeersOptions } from "./options.ts";
import type { PeerName } from "./peer_list.ts";
import type { PeersRecord } from "./record.ts";
import { timePeers, type TimePeersOptions } from "./time_peers.ts";

/** What {@linkcode comparePeers} compares; defaults are those of `deno task bench peers`. */
export interface ComparePeersOptions {
  /** What to measure beside this engine. Default: all. */
  readonly peers?: Iterable<Exclude<PeerName, "ours">>;
  /** How often each is timed. Default: 5. */
  readonly rounds?: number;
  /** Repetitions of the work in a sample. Default: enough for 0.3 s. */
  readonly steps?: number;
  /** What computes. Default: the system's own backend, never OpenGL. */
  readonly backend?: Backend;
  /** Where the record goes; a file that exists is refused. Default: it is only returned. */
  readonly out?: string;
  /** Told what is being done. */
  readonly note?: (text: string) => void;
  /** Abort it to end all processes; then the promise rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Times the same work on this engine and on other packages, in turns, in processes of their own: `deno task bench peers`.
 * A package that cannot be started, fails or does other work is in the record with the reason.
 *
 * @throws {UsageError} If an option is out of range (the message names that of the command), packages cannot be fetched, or
 * the record's file exists or cannot be written.
 * @throws {NoAdapterError} If no adapter answers.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { comparePeers } from "./compare_peers.ts";
 * // const { rows } = await comparePeers({ peers: ["torch"], rounds: 3 });
 * await assertRejects(() => comparePeers({ rounds: 0 }), Error, "--rounds must be a whole number");
 * ```
 */
export async function comparePeers(options: ComparePeersOptions = {}): Promise<PeersRecord> {
  const { peers, rounds, steps, backend, out = null, note = () => {} } = options;
  const { signal = new AbortController().signal } = options;
  const parsed = parsePeersOptions(toWords({ peers, rounds, steps, backend }));
  const say = (text: string) => note(text.trimEnd());
  return await timePeersTo(out, { ...parsed, startedAt: new Date(), signal, say });
}

/** Measures, and writes the record where one is asked for; the name is taken before anything is started. */
export async function timePeersTo(
  path: string | null,
  options: TimePeersOptions,
  time: (options: TimePeersOptions) => Promise<PeersRecord> = timePeers,
): Promise<PeersRecord> {
  if (path !== null) await reserveRecord(path);
  const record = await time(options);
  if (path !== null) await writeRecord(path, record);
  return record;
}
