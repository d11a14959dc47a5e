/** A full disk: what ends a run although no cell failed. */

/** Ends a run whose disk is full. */
export class DiskFullError extends Error {
  override readonly name = "DiskFullError";

  /** @param cause What the system said. */
  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `Cannot continue: the disk is full, ${reason}\n` +
        "Hint: what is finished is kept; free some space, then the same command with option resume continues",
      { cause },
    );
  }
}

/** Whether an error, or what caused it, is that no space is left, or that a quota is used up. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return code === "ENOSPC" || code === "EDQUOT" || /\(os error (28|122|112)\)/.test(error.message) ||
    isDiskFull(error.cause);
}
