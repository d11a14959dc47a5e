import { explain } from "../../common/explained.ts";
import { UsageError } from "../../common/usage_error.ts";

/**
 * Reads an input of a command: where that is absent, unreadable or damaged, the command cannot begin, and its exit code is
 * that of wrong usage. Bugs stay what they are.
 *
 * @throws {UsageError} With what the error says to a person.
 */
export async function asUsage<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    const said = cause instanceof UsageError ? null : explain(cause);
    throw said === null ? cause : new UsageError(said, { cause });
  }
}
