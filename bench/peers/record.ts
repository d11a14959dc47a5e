/**
 * What `bench peers` leaves on disk: one JSON file with every sample behind every number. Reports read these types
 * through `bench/schema.ts`; this file imports nothing else of ours.
 */

import type { CellRecord, MachineInfo } from "../schema.ts";

/** What a peers record says it is. */
export const PEERS_SCHEMA = "realfeatures/peers";

/** Raised whenever a field of {@linkcode PeersRecord} changes its meaning or goes away. */
export const PEERS_VERSION = 1;

/** What `bench peers` leaves: the same work on this engine and on other packages, timed in one interleaved run. */
export interface PeersRecord {
  readonly schema: typeof PEERS_SCHEMA;
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly command: string;
  readonly machine: MachineInfo;
  readonly runtime: CellRecord["runtime"];
  readonly commit: string | null;
  readonly dirty: boolean | null;
  /** This engine's kernel family. */
  readonly kernelVariant: string;
  /** How often every peer was timed at every work. */
  readonly rounds: number;
  readonly works: readonly { readonly name: string; readonly title: string }[];
  /** This engine first. */
  readonly peers: readonly PeerInfo[];
  /** One for each work of each peer that could be started. */
  readonly rows: readonly PeerRow[];
}

/** A package that was asked for. */
export interface PeerInfo {
  readonly name: string;
  readonly title: string;
  /** Null where it could not be started. */
  readonly version: string | null;
  /** "WebGPU", "CPU". */
  readonly backend: string;
  /** Adapter, or threads and libraries; null where it could not be started. */
  readonly device: string | null;
  /** Why it could not be started; null where it could. */
  readonly missing: string | null;
}

/** One peer at one work. */
export interface PeerRow {
  readonly work: string;
  readonly peer: string;
  /** Repetitions of the work in a sample. */
  readonly steps: number;
  /** Milliseconds a step, one for each round, in the order of the rounds; none where it failed. */
  readonly samplesMs: readonly number[];
  /** What was compared with this engine: losses, values of results, how far each parameter went. */
  readonly checks: Readonly<Record<string, readonly number[]>>;
  /** Its median by this engine's, and the same of every round; null for this engine, and where the work differs. */
  readonly ratio: { readonly median: number; readonly rounds: readonly number[] } | null;
  /** Why there is no time or no ratio; null where there is. */
  readonly reason: string | null;
  /** Differences that do not forbid a ratio. */
  readonly notes: readonly string[];
}
