/** The words after `bench peers`. */
import type { Backend } from "../../engine/device/backend.ts";
import { BACKEND_OPTION, parseBackend } from "../adapter/backend_option.ts";
import { suggest } from "../../common/nearest.ts";
import { type Option, parseOptions } from "../terminal/options.ts";
import { readCount } from "../terminal/read_count.ts";
import { UsageError } from "../../common/usage_error.ts";
import { type PeerDescription, type PeerName, PEERS } from "./peer_list.ts";

/** How the command is called in messages. */
export const PEERS_COMMAND = "deno task bench peers";

const OTHERS = PEERS.map(({ name }) => name).filter((name) => name !== "ours");

/** Options of `bench peers`. */
export const PEERS_OPTIONS = [
  { name: "out", value: "FILE", help: "where the record goes [runs/peers-TIME.json]" },
  { name: "peers", value: "LIST", help: `which of ${OTHERS.join(",")} to measure beside ours [all]` },
  { name: "rounds", value: "N", help: "how often each is timed [5]" },
  { name: "steps", value: "N", help: "repetitions of the work in a sample [enough for 0.3 s]" },
  BACKEND_OPTION,
  { name: "json", value: null, help: "print the record as JSON instead of tables" },
  { name: "quiet", value: null, help: "show no progress" },
  { name: "help", value: null, help: "show this", alias: "h" },
] as const satisfies readonly Option[];

/** What the words ask for. */
export interface PeersOptions {
  readonly help: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  /** Null for a name made of the time. */
  readonly out: string | null;
  /** This engine first. */
  readonly peers: readonly PeerDescription[];
  readonly rounds: number;
  /** Null: as many as make a sample long enough. */
  readonly steps: number | null;
  /** Of this engine and of the packages; null for the system's own. */
  readonly backend: Backend | null;
  /** The whole command. */
  readonly command: string;
}

/** @throws {UsageError} If an option is unknown, no whole number from 1, or names no peer. */
export function parsePeersOptions(args: readonly string[]): PeersOptions {
  const { help, json, quiet, out, ...given } = parseOptions(args, {
    table: PEERS_OPTIONS,
    command: PEERS_COMMAND,
  });
  const names = parsePeers(given.peers);
  return {
    help,
    json,
    quiet,
    out,
    peers: PEERS.filter(({ name }) => name === "ours" || names.has(name)),
    rounds: readCount(given.rounds ?? "5", { command: PEERS_COMMAND, name: "rounds" }),
    steps: given.steps === null ? null : readCount(given.steps, { command: PEERS_COMMAND, name: "steps" }),
    backend: parseBackend(given.backend),
    command: [PEERS_COMMAND, ...args].join(" "),
  };
}

function parsePeers(text: string | null): Set<PeerName> {
  if (text === null) return new Set(OTHERS);
  return new Set(
    text.split(",").map((word) => {
      const name = OTHERS.find((known) => known === word.trim());
      if (name !== undefined) return name;
      throw new UsageError(
        `Cannot run ${PEERS_COMMAND}: unknown peer ${word.trim()}, ${suggest(word.trim(), OTHERS)}`,
      );
    }),
  );
}
