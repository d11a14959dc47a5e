/**
 * Whether an error says by itself what went wrong: ours read "Cannot <verb> <object>: <reason>". Any other one is a
 * bug in the suite, and its stack trace is what a person can report.
 */
export function isExplained(error: unknown): boolean {
  return error instanceof Error && /^Cannot [^:\n]+: /.test(error.message);
}

/** An error for people: its message where that explains it, else the stack trace. */
export function formatError(error: unknown): string {
  if (error instanceof Error && isExplained(error)) return error.message;
  const trace = error instanceof Error ? error.stack ?? error.message : String(error);
  return `This looks like a bug in realfeatures, please report it:\n${trace}`;
}
