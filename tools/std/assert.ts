/** The part of JSR's `@std/assert` that our tests use, with the same calls, over `node:assert`.
 *
 * Equality is that of `assert.deepStrictEqual`, which is never more lenient than `@std/assert`: it also tells `0`
 * from `-0` and a missing property from one that is `undefined`. `deno.json` maps `@std/assert` here; the README says
 * how to map it to JSR instead.
 *
 * @module
 */
import nodeAssert, { AssertionError } from "node:assert";

export { AssertionError };

/** A class, concrete or abstract, whose instances are `T`. */
// deno-lint-ignore no-explicit-any -- parameters of a constructor are contravariant: only `any` accepts all classes
type AnyConstructor<T = unknown> = abstract new (...args: any[]) => T;
type ErrorClass<E extends Error> = AnyConstructor<E>;
/** Values with an order: both sides of a comparison. */
type Comparable = number | bigint | string | Date;

/** Throws unless `condition` is truthy. */
export function assert(condition: unknown, msg = "Expected a truthy value"): asserts condition {
  if (!condition) throw new AssertionError({ message: msg, actual: condition, expected: true });
}

/** Throws unless `condition` is falsy. */
export function assertFalse(condition: unknown, msg = "Expected a falsy value"): asserts condition is false {
  if (condition) throw new AssertionError({ message: msg, actual: condition, expected: false });
}

/** Throws unless the two values are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  explain(() => nodeAssert.deepStrictEqual(actual, expected), msg);
}

/** Throws if the two values are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  explain(() => nodeAssert.notDeepStrictEqual(actual, expected), msg);
}

/** Throws unless the two values are the same (`Object.is`). */
export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): asserts actual is T {
  explain(() => nodeAssert.strictEqual(actual, expected), msg);
}

/** Throws unless `|actual - expected| <= tolerance`; by default a 10^-7th part of `|expected|`. */
export function assertAlmostEquals(actual: number, expected: number, tolerance?: number, msg?: string): void {
  if (Object.is(actual, expected)) return;
  const allowed = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  const delta = Math.abs(expected - actual);
  if (delta <= allowed) return;
  fail(`Expected ${actual} to be within ${allowed} of ${expected}, the difference is ${delta}${suffix(msg)}`);
}

/** Throws unless `actual > expected`. */
export function assertGreater<T extends Comparable>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) fail(`Expected ${actual} > ${expected}${suffix(msg)}`);
}

/** Throws unless `actual >= expected`. */
export function assertGreaterOrEqual<T extends Comparable>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) fail(`Expected ${actual} >= ${expected}${suffix(msg)}`);
}

/** Throws unless `actual < expected`. */
export function assertLess<T extends Comparable>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) fail(`Expected ${actual} < ${expected}${suffix(msg)}`);
}

/** Throws unless `actual <= expected`. */
export function assertLessOrEqual<T extends Comparable>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) fail(`Expected ${actual} <= ${expected}${suffix(msg)}`);
}

/** Throws if the value is `null` or `undefined`. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual === null || actual === undefined) fail(`Expected a value, got ${actual}${suffix(msg)}`);
}

/** Throws unless the value is an instance of the class. */
export function assertInstanceOf<C extends AnyConstructor>(
  actual: unknown,
  expectedType: C,
  msg?: string,
): asserts actual is InstanceType<C> {
  if (actual instanceof expectedType) return;
  const got = Object(actual) === actual ? Object(actual).constructor?.name : String(actual);
  fail(`Expected an instance of ${expectedType.name}, got ${got}${suffix(msg)}`);
}

/** Throws unless the text matches the expression. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (!expected.test(actual)) fail(`Expected ${JSON.stringify(actual)} to match ${expected}${suffix(msg)}`);
}

/** Throws unless `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (actual.includes(expected)) return;
  fail(`Expected ${JSON.stringify(actual)} to contain ${JSON.stringify(expected)}${suffix(msg)}`);
}

/** Throws unless `fn` throws; returns what it threw. Class and a part of the message are checked where given. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error>(
  fn: () => unknown,
  errorClassOrMsg?: ErrorClass<E> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  try {
    fn();
  } catch (error) {
    return checkError(error, errorClassOrMsg, msgIncludes, msg);
  }
  fail(`Expected function to throw${suffix(typeof errorClassOrMsg === "string" ? errorClassOrMsg : msg)}`);
}

/** Throws unless the promise that `fn` returns rejects; returns the reason. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  errorClassOrMsg?: ErrorClass<E> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  let promise: PromiseLike<unknown> | undefined;
  try {
    promise = fn();
    await promise;
  } catch (error) {
    if (promise === undefined) fail(`Function throws when expected to reject: ${error}${suffix(msg)}`);
    return checkError(error, errorClassOrMsg, msgIncludes, msg);
  }
  fail(`Expected function to reject${suffix(typeof errorClassOrMsg === "string" ? errorClassOrMsg : msg)}`);
}

/** Always throws. */
export function fail(msg?: string): never {
  throw new AssertionError({ message: msg ?? "Failed assertion" });
}

function checkError<E extends Error>(
  error: unknown,
  errorClassOrMsg: ErrorClass<E> | string | undefined,
  msgIncludes: string | undefined,
  msg: string | undefined,
): unknown {
  if (errorClassOrMsg === undefined || typeof errorClassOrMsg === "string") return error;
  assertInstanceOf(error, errorClassOrMsg, msg ?? String(error));
  if (msgIncludes !== undefined) assertStringIncludes(error.message, msgIncludes, msg);
  return error;
}

/** Runs a check of node:assert; `msg` is added to its message, where node would replace the comparison with it. */
function explain(check: () => void, msg: string | undefined): void {
  try {
    check();
  } catch (error) {
    if (msg !== undefined && error instanceof AssertionError) error.message += `\n${msg}`;
    throw error;
  }
}

function suffix(msg: string | undefined): string {
  return msg === undefined ? "" : `: ${msg}`;
}
