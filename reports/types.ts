import type { CellView, ExampleImages, PictureSheets, RunManifest } from "../bench/records/mod.ts";

/** A network or the record of another cell, together with where it lies, so that every number can link to it. */
export interface LoadedRecord {
  readonly record: CellView;
  /** Relative to the run folder, with forward slashes: "records/sl-natural-seed-0.json". */
  readonly path: string;
  /** Paths of the metrics that belong to the record of a part (a network's probe or attack), by metric name. */
  readonly metricPaths?: Readonly<Record<string, string>>;
  /** Names of the parts' cells: "sl/natural/seed-0/probe". */
  readonly parts?: readonly string[];
  /** Ids of the runs that it, or parts of it, were reused from, by cell; absent where this run computed all of it. */
  readonly reusedFrom?: Readonly<Record<string, string>>;
}

/** The path of the file that holds one metric of a record. */
export function pathOfMetric({ path, metricPaths }: LoadedRecord, metric: string): string {
  return metricPaths?.[metric] ?? path;
}

/** A file of the run that could not be used, and why. */
export interface Problem {
  readonly path: string;
  readonly reason: string;
}

/** The images of one cell's "examples" artifact. */
export interface LoadedExamples {
  readonly cell: string;
  readonly path: string;
  readonly images: ExampleImages;
}

/** The sheets of one cell's "pictures" artifact. */
export interface LoadedPictures {
  readonly cell: string;
  readonly path: string;
  readonly content: PictureSheets;
}

/** A run folder in memory: what could be read, and the names of what could not. */
export interface LoadedRun {
  /** The folder's own name, shown where run.json is missing. */
  readonly name: string;
  readonly manifest: RunManifest | null;
  /** In the order of `manifest.cells`, then by path. */
  readonly records: readonly LoadedRecord[];
  readonly examples: readonly LoadedExamples[];
  readonly pictures: readonly LoadedPictures[];
  readonly problems: readonly Problem[];
}
