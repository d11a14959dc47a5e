/** What a run leaves in `run.json`, as types. `read_run_manifest.ts` reads and checks it. */

/** `run.json`: what was asked for. Times and the run id live here and in the records only. */
export interface RunManifest {
  readonly schemaVersion: number;
  readonly runId: string;
  readonly suite: string;
  readonly description: string;
  /** The whole preset after defaults. */
  readonly preset: Readonly<Record<string, unknown>>;
  readonly command: string;
  readonly startedAt: string;
  /** Time at work: of all pieces of a resumed run together, without the pauses between them. */
  readonly durationMs: number;
  /** When a stopped run went on; absent where it never did. */
  readonly resumedAt?: readonly string[];
  /** How many cells ran at once, in the last piece of a resumed run. Absent from manifests of earlier versions. */
  readonly jobs?: number;
  /** What decides the bits of its records beside their configurations: for people; cells go by their keys. */
  readonly identity?: RunIdentity;
  /** Names of the cells in order. */
  readonly cells: readonly string[];
}

/** Code, data and device of a run. */
export interface RunIdentity {
  /** Hash of the code and kernels. */
  readonly benchmarkVersion: string;
  readonly dataset: { readonly name: string; readonly sha256: string };
  /** Description, backend and class of drivers: of earlier versions the first alone. */
  readonly adapter: string;
  readonly kernelVariant: string;
}
