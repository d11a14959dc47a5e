import { UsageError } from "../usage_error.ts";

/** A fault of an option's value: the reason alone. The reader of the option adds its name. */
export class OptionFault extends Error {
  override readonly name = "OptionFault";
  /** The hint, without "Hint:". */
  readonly hint: string | null;

  /** @param reason Completes "Cannot read --jobs: ..., given 0". */
  constructor(reason: string, hint: string | null = null) {
    super(reason);
    this.hint = hint;
  }
}

/**
 * The error of a command or a function whose option has a wrong value; any error but an {@linkcode OptionFault} as it is.
 *
 * @param options.option As the caller knows it: "--jobs" or "jobs".
 */
export function asUsageError(error: unknown, { option, given }: { option: string; given: string }): unknown {
  if (!(error instanceof OptionFault)) return error;
  const hint = error.hint === null ? "" : `\nHint: ${error.hint}`;
  return new UsageError(`Cannot read ${option}: ${error.message}, given ${given}${hint}`, { cause: error });
}
