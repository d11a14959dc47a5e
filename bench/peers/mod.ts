/**
 * `deno task bench peers`: the same work on this engine and on other packages, in one interleaved run.
 *
 * @module
 */
import { suggest } from "../terminal/nearest.ts";
import { describeOptions, type Option, parseOptions } from "../terminal/options.ts";
import { reserveRecord, writeRecord } from "../record/record_file.ts";
import { timestamp } from "../store/run_manifest.ts";
import { EXIT, type ExitCode, UsageError } from "../terminal/usage_error.ts";
import { type CompareOptions, comparePeers } from "./compare.ts";
import { formatPeers } from "./format.ts";
import { type PeerName, PEERS } from "./peer_list.ts";
import type { PeersRecord } from "./record.ts";

const COMMAND = "deno task bench peers";

const OTHERS = PEERS.map(({ name }) => name).filter((name) => name !== "ours");

/** Options of `bench peers`. */
export const PEERS_OPTIONS = [
  { name: "out", value: "FILE", help: "where the record goes [runs/peers-TIME.json]" },
  { name: "peers", value: "LIST", help: `which of ${OTHERS.join(",")} to measure beside ours [all]` },
  { name: "rounds", value: "N", help: "how often each is timed [5]" },
  { name: "steps", value: "N", help: "repetitions of the work in a sample [enough for 0.3 s]" },
  { name: "json", value: null, help: "print the record as JSON instead of tables" },
  { name: "quiet", value: null, help: "show no progress" },
  { name: "help", value: null, help: "show this", alias: "h" },
] as const satisfies readonly Option[];

/** What the command needs from outside. */
export interface PeersServices {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Default: {@linkcode comparePeers}, with real processes. */
  readonly compare?: (options: CompareOptions) => Promise<PeersRecord>;
}

/**
 * Measures, writes the record and prints it.
 *
 * @returns 0, or 1 if a peer that could be started failed or did other work.
 * @throws {UsageError} If an option is wrong, the record's file exists or cannot be written, or packages cannot be fetched.
 * @throws {NoAdapterError} If no adapter answers.
 */
export async function peers(args: readonly string[], services: PeersServices): Promise<ExitCode> {
  const { stdout, stderr, signal, compare = comparePeers } = services;
  const options = parseOptions(args, { table: PEERS_OPTIONS, command: COMMAND });
  if (options.help) {
    stdout(
      "Times the same work on this engine, on other WebGPU packages and on PyTorch, in turns.\n\n" +
        `Usage: ${COMMAND} [options]\n\nOptions:\n${describeOptions(PEERS_OPTIONS)}`,
    );
    return EXIT.done;
  }
  const names = parsePeers(options.peers);
  const rounds = readCount("rounds", options.rounds ?? "5");
  const steps = options.steps === null ? null : readCount("steps", options.steps);
  const startedAt = new Date();
  const path = options.out ?? `runs/peers-${timestamp(startedAt)}.json`;
  await reserveRecord(path);
  const record = await compare({
    peers: PEERS.filter(({ name }) => name === "ours" || names.has(name)),
    rounds,
    steps,
    startedAt,
    command: [COMMAND, ...args].join(" "),
    signal,
    say: options.quiet ? () => {} : stderr,
  });
  await writeRecord(path, record);
  stdout(options.json ? JSON.stringify(record, null, 2) + "\n" : `${formatPeers(record)}\nRecord: ${path}\n`);
  return record.rows.every(({ reason }) => reason === null) ? EXIT.done : EXIT.failed;
}

function parsePeers(text: string | null): Set<PeerName> {
  if (text === null) return new Set(OTHERS);
  return new Set(
    text.split(",").map((word) => {
      const name = OTHERS.find((known) => known === word.trim());
      if (name !== undefined) return name;
      throw new UsageError(
        `Cannot run ${COMMAND}: unknown peer ${word.trim()}, ${suggest(word.trim(), OTHERS)}`,
      );
    }),
  );
}

function readCount(name: string, text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageError(
    `Cannot run ${COMMAND}: --${name} must be a whole number from 1 to 999999, given ${text}`,
  );
}
