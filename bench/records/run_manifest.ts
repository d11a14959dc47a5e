/** The manifest of a run, `run.json`: the requested preset and cells. */
import { isObject, type JsonFields } from "../../common/is_object.ts";
import { ENVELOPE, machine, runtime } from "./envelope.ts";
import { recordKind, type RecordOf } from "./kind.ts";
import {
  anyObject,
  cellName,
  type Infer,
  list,
  name,
  object,
  optional,
  orNull,
  positiveCount,
  renamed,
  sha256,
  text,
  time,
} from "./rules.ts";

/** The inputs that, with the configurations, decide the bits of a run's records. For people: cells go by their keys. */
export const identity = object({
  /** Hash of the code and kernels of all kinds of cells. */
  codeHash: sha256,
  dataset: object({ name: text, sha256 }),
  /** Description, backend and class of drivers; in the oldest manifests the description alone. */
  adapter: text,
  readPath: text,
});

/** The kind of record that a run leaves as `run.json`. */
export const RUN_MANIFEST = recordKind({
  schema: "realfeatures/run",
  what: "run.json",
  fields: {
    ...ENVELOPE,
    /** Of the last piece of a resumed run; null in manifests of version 1, which did not say it. */
    machine: orNull(machine),
    runtime: orNull(runtime),
    runId: text,
    /** The preset's name. */
    preset: name,
    description: text,
    /** The whole preset, after defaults. */
    settings: anyObject,
    command: text,
    /** When a stopped run was resumed; absent where it never was. */
    resumedAt: optional(list(time)),
    /** The most cells at work at once, in the last piece of a resumed run. Absent from the oldest manifests. */
    jobs: optional(positiveCount),
    identity: optional(identity),
    /** Names of the cells, in order. */
    cells: list(cellName),
  },
  unnamedAtFirst: true,
  migrations: [fromVersion1],
});

/** `run.json`. `durationMs` is the time at work: of all pieces of a resumed run, without the pauses between them. */
export interface RunManifest extends RecordOf<typeof RUN_MANIFEST> {}

/** Code, data and device of a run. */
export type RunIdentity = Infer<typeof identity>;

/** Version 1 had other names, and said nothing of where the run was made. */
function fromVersion1({ identity, ...old }: JsonFields): JsonFields {
  const names = { benchmarkVersion: "codeHash", kernelVariant: "readPath" };
  return {
    commit: null,
    dirty: null,
    machine: null,
    runtime: null,
    ...renamed(old, { suite: "preset", preset: "settings" }),
    ...(identity !== undefined && { identity: isObject(identity) ? renamed(identity, names) : identity }),
  };
}
