import { printable } from "./printable.ts";
import { inPlainWords, systemMessage } from "./system_error.ts";

/** Messages of the JavaScript engine that begin like ours. */
const NATIVE =
  /^Cannot (?:(?:read|set) propert|(?:re)?define property|delete property|add property|access '|destructure |assign to |convert (?:undefined|object|a )|mix BigInt|create a string|perform |create property|use 'in'|freeze|instantiate)/;

/** Messages of the JavaScript engine after a failed allocation. */
const NO_MEMORY =
  /^(?:Array buffer allocation failed|Invalid typed array length|Cannot create a string longer)/;

/**
 * The message of an error for people, or null if the error is a bug in the suite. Ours read "Cannot <verb> <object>: <reason>";
 * those of the operating system are put into words, and so is memory that cannot be had. Text that a terminal would obey is
 * escaped, whoever put it into the message.
 */
export function explain(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { message } = error;
  if (/^Cannot [\s\S]+?: /.test(message) && !NATIVE.test(message)) {
    return printable(inPlainWords(message), { lines: true });
  }
  if (error instanceof RangeError && NO_MEMORY.test(message)) {
    return `Cannot continue: there is not enough memory, ${message}\nHint: fewer or smaller images, or a smaller network`;
  }
  return systemMessage(error);
}

/** Whether an error says by itself what went wrong; any other one is a bug, and its stack trace is worth a report. */
export function isExplained(error: unknown): boolean {
  return explain(error) !== null;
}

/** An error for people: what it says where that explains it, else the stack trace. */
export function formatError(error: unknown): string {
  const said = explain(error);
  if (said !== null) return said;
  const trace = error instanceof Error ? error.stack ?? error.message : String(error);
  return `This looks like a bug in realfeatures, please report it:\n${printable(trace, { lines: true })}`;
}
