/**
 * `deno task bench peers`: the same work on this engine and on other packages, in one interleaved run.
 *
 * @module
 */
import { describeOptions } from "../terminal/options.ts";
import { timestamp } from "../store/run_manifest.ts";
import { EXIT, type ExitCode } from "../../common/usage_error.ts";
import { timePeersTo } from "./compare_peers.ts";
import { formatPeers } from "./format.ts";
import { parsePeersOptions, PEERS_COMMAND, PEERS_OPTIONS } from "./options.ts";
import type { PeersRecord } from "./record.ts";
import type { TimePeersOptions } from "./time_peers.ts";

/** What the command needs from outside. */
export interface PeersServices {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Default: `timePeers`, with real processes. */
  readonly compare?: (options: TimePeersOptions) => Promise<PeersRecord>;
}

/**
 * Measures, writes the record and prints it.
 *
 * @returns 0, or 1 if a peer that could be started failed or did other work.
 * @throws {UsageError} If an option is wrong, the record's file exists or cannot be written, or packages cannot be fetched.
 * @throws {NoAdapterError} If no adapter answers.
 */
export async function peers(args: readonly string[], services: PeersServices): Promise<ExitCode> {
  const { stdout, stderr, signal, compare } = services;
  const options = parsePeersOptions(args);
  if (options.help) {
    stdout(
      "Times the same work on this engine, on other WebGPU packages and on PyTorch, in turns.\n\n" +
        `Usage: ${PEERS_COMMAND} [options]\n\nOptions:\n${describeOptions(PEERS_OPTIONS)}`,
    );
    return EXIT.done;
  }
  const startedAt = new Date(), path = options.out ?? `runs/peers-${timestamp(startedAt)}.json`;
  const say = options.quiet ? () => {} : stderr;
  const record = await timePeersTo(path, { ...options, startedAt, signal, say }, compare);
  stdout(options.json ? JSON.stringify(record, null, 2) + "\n" : `${formatPeers(record)}\nRecord: ${path}\n`);
  return record.rows.every(({ reason }) => reason === null) ? EXIT.done : EXIT.failed;
}
