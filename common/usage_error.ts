/**
 * Exit codes of every command. `usage`: the command could not begin as asked, because an option or a preset is wrong, or a
 * file that it was to read is absent, unreadable or damaged. `failed`: the work itself failed, or its results could not be
 * written. `regression` is what `compare` found.
 */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  regression: 3,
  noAdapter: 4,
  interrupted: 130,
  terminated: 143,
} as const;

/** The meaning of each code, for help and reference. */
export const EXIT_MEANINGS: Readonly<Record<ExitCode, string>> = {
  0: "done",
  1: "failed: the work itself, or writing its results",
  2: "wrong usage, or an input that cannot be read",
  3: "worse than before, or different",
  4: "no adapter",
  130: "interrupted by Ctrl-C",
  143: "interrupted by SIGTERM",
};

/** One of the codes in {@linkcode EXIT}. */
export type ExitCode = typeof EXIT[keyof typeof EXIT];

/** A mistake a person can put right: shown as its message alone, without a stack trace. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly exitCode: ExitCode;

  /** @param message First line what, where and why; an optional second line `Hint: ...`. */
  constructor(message: string, options: { exitCode?: ExitCode; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? EXIT.usage;
  }
}
