/**
 * The shape of everything a run leaves on disk. The reports read this file, `bench/records/`, and nothing else of ours,
 * so a page can be rebuilt from JSON without a GPU.
 *
 * A run is a folder: `run.json`, one record per cell under `records/`, and artifacts under `artifacts/`.
 */

/** What a cell leaves, and what a run: types and reading. */
export * from "./records/cell_record.ts";
export type * from "./records/run_manifest.ts";

/** What `bench attack` leaves: types. */
export * from "./records/attack_record.ts";

/** What `bench peers` leaves: types and reading. */
export * from "./records/peers_record.ts";

/** A network's records together. */
export { joinParts, networkOf } from "./record/join_parts.ts";

/** An "examples" artifact: sources and results of a constructed set, or images of a data set. */
export interface ExampleImages {
  readonly schemaVersion: number;
  readonly height: number;
  readonly width: number;
  readonly classNames: readonly string[];
  readonly examples: readonly ExampleImage[];
}

/** Pixels are 8-bit RGB, row by row, base64. */
export interface ExampleImage {
  /** The label the image carries in the constructed set. */
  readonly label: number;
  /** The class of the image it started from. */
  readonly sourceLabel: number;
  readonly source: string;
  readonly result: string;
}

/** A "pictures" artifact: what a paradigm does to images or makes of them, for the eye. */
export interface PictureSheets {
  readonly schemaVersion: number;
  readonly sheets: readonly PictureSheet[];
}

/** One figure: rows of small images, e.g. masked images above their reconstructions. */
export interface PictureSheet {
  readonly title: string;
  readonly caption: string;
  readonly rows: readonly { readonly label: string; readonly images: readonly Picture[] }[];
}

/** Pixels are 8-bit RGB, row by row, base64. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly rgb: string;
}

/** What `bench perf` leaves: types, reading, and the numbers that tables and figures show. */
export * from "./records/perf_record.ts";
export {
  bandwidth,
  type Bound,
  type Ceilings,
  medianCeilings,
  type Standing,
  standingOf,
} from "./statistics/roofline.ts";

/** What `bench history` keeps: types and reading. */
export * from "./records/history_line.ts";
export { commitText } from "./records/commit_text.ts";
export { type History, type HistoryProblem, parseHistory } from "./records/parse_history.ts";
