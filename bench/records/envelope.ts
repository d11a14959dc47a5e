/** The origin of a record, the same for every kind: machine, versions and time. */
import {
  amount,
  flag,
  type Infer,
  list,
  mapOf,
  number,
  object,
  optional,
  orNull,
  positiveCount,
  type Rules,
  sha256,
  text,
  time,
} from "./rules.ts";

/** The machine a record was measured on. */
export const machine = object({
  name: text,
  os: text,
  cpu: text,
  cores: positiveCount,
  /** The graphics driver according to the system; null if the system names none. Absent if the system was not asked. */
  driver: optional(orNull(text)),
  adapter: object({
    vendor: text,
    architecture: text,
    device: text,
    description: text,
    isFallback: flag,
    /** "vulkan", "metal", "dx12" or "gl". Absent from the oldest records. */
    backend: optional(text),
    features: list(text),
    limits: mapOf(number),
  }),
});

/** Versions of Deno and of its parts. */
export const runtime = object({
  deno: text,
  v8: text,
  typescript: text,
  /** SHA-256 of `deno.lock`, which pins every package; null without one. Absent from the oldest records. */
  lockSha256: optional(orNull(sha256)),
});

/** The machine a record was measured on. */
export type MachineInfo = Infer<typeof machine>;

/** Versions of Deno and of its parts. */
export type RuntimeInfo = Infer<typeof runtime>;

/**
 * The fields that all kinds have in common, next to `schema` and `version`, which the reader checks itself. A kind spreads
 * them into its own: `{ ...ENVELOPE, cells: list(cellName) }`.
 */
export const ENVELOPE = {
  /** The commit of the code; null outside a repository. */
  commit: orNull(text),
  /** Whether tracked files differed from it. */
  dirty: orNull(flag),
  machine,
  runtime,
  /** ISO 8601, UTC. */
  startedAt: time,
  durationMs: amount,
} as const satisfies Rules;
