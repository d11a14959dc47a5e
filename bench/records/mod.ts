/**
 * Everything that commands leave on disk as JSON, a file a kind. `reports/` and `bench/compare/` read nothing else.
 *
 * A kind is declared once, by a rule for each field (`rules.ts`); its type is inferred, and `kind.ts` gives it one reader
 * and one writer. All kinds have one envelope (`envelope.ts`): `schema`, `version`, `commit`, `dirty`, `machine`,
 * `runtime`, `startedAt`, `durationMs`; and a seal, the SHA-256 of all other fields. To add a kind, write a file like
 *
 * ```ts ignore
 * export const SPEED = recordKind({
 *   schema: "realfeatures/speed",
 *   what: "the record of a speed",
 *   fields: { ...ENVELOPE, samplesMs: list(positive) },
 *   migrations: [(old) => renamed(old, { samples: "samplesMs" })], // 1 to 2
 * });
 * export type SpeedRecord = RecordOf<typeof SPEED>;
 * ```
 *
 * `SPEED.read(text)` gives `{ value, sealed, version }` or `{ fault, later }`; `SPEED.parse(json)` throws the fault;
 * `SPEED.of({...})` adds the header; `SPEED.write(record)` is the text of the file. To change a field, change its rule and
 * add a migration: files of all earlier versions stay readable, files of later ones are refused by name. Keep a file of
 * each version in `testing/` and read it in a test.
 */
export * from "./attack_record.ts";
export * from "./cell_record.ts";
export * from "./commit_text.ts";
export * from "./envelope.ts";
export * from "./history_line.ts";
export * from "./image_artifacts.ts";
export * from "./kind.ts";
export * from "./network.ts";
export * from "./parse_history.ts";
export * from "./peers_record.ts";
export * from "./perf_record.ts";
export * from "./run_manifest.ts";
