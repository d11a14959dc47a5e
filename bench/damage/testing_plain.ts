import { assert } from "@std/assert";
import { formatError } from "../terminal/explained.ts";

/** Asserts that an error is told in a message that a person can act on, and that no terminal obeys. */
export function assertPlain(error: unknown): void {
  const text = formatError(error);
  // deno-lint-ignore no-control-regex -- what a terminal would obey
  const plain = !/looks like a bug|[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(text) && text.length < 2000;
  assert(plain, text.slice(0, 3000));
}
