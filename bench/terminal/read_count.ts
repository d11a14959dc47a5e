import { UsageError } from "../../common/usage_error.ts";

/**
 * Reads an option that counts something.
 *
 * @throws {UsageError} If it is no whole number from 1 to 999999.
 */
export function readCount(text: string, { command, name }: { command: string; name: string }): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageError(
    `Cannot run ${command}: --${name} must be a whole number from 1 to 999999, given ${text}`,
  );
}
