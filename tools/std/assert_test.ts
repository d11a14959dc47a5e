import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
} from "@std/assert";
import { rejects, throws } from "node:assert";

/** Calls that must pass and calls that must fail, per assertion; checked with node:assert, not with the code under test. */
const cases: Record<string, { passes: () => void; fails: () => void }> = {
  assert: { passes: () => assert(1), fails: () => assert(0) },
  assertFalse: { passes: () => assertFalse(""), fails: () => assertFalse("x") },
  assertEquals: {
    passes: () => assertEquals({ a: new Float32Array([1, NaN]) }, { a: new Float32Array([1, NaN]) }),
    fails: () => assertEquals({ a: [1, 2] }, { a: [1, 3] }),
  },
  assertNotEquals: { passes: () => assertNotEquals([1], [2]), fails: () => assertNotEquals([1], [1]) },
  assertStrictEquals: { passes: () => assertStrictEquals(1, 1), fails: () => assertStrictEquals([1], [1]) },
  assertAlmostEquals: {
    passes: () => assertAlmostEquals(1, 1 + 1e-8),
    fails: () => assertAlmostEquals(1, 1 + 1e-6),
  },
  "assertAlmostEquals with a tolerance": {
    passes: () => assertAlmostEquals(0.1, 0.2, 0.11),
    fails: () => assertAlmostEquals(NaN, 0.2, 0.11),
  },
  assertGreater: { passes: () => assertGreater(2, 1), fails: () => assertGreater(1, 1) },
  assertGreaterOrEqual: {
    passes: () => assertGreaterOrEqual(1, 1),
    fails: () => assertGreaterOrEqual(NaN, 1),
  },
  assertLess: { passes: () => assertLess(1, 2), fails: () => assertLess(1, 1) },
  assertLessOrEqual: { passes: () => assertLessOrEqual(1, 1), fails: () => assertLessOrEqual(2, 1) },
  assertExists: { passes: () => assertExists(0), fails: () => assertExists(null) },
  assertInstanceOf: {
    passes: () => assertInstanceOf(new RangeError(), Error),
    fails: () => assertInstanceOf(null, Error),
  },
  assertMatch: { passes: () => assertMatch("abc", /b/), fails: () => assertMatch("abc", /d/) },
  assertStringIncludes: {
    passes: () => assertStringIncludes("abc", "bc"),
    fails: () => assertStringIncludes("abc", "d"),
  },
  fail: { passes: () => throws(() => fail("why"), /why/), fails: () => fail() },
};

for (const [name, { passes, fails }] of Object.entries(cases)) {
  Deno.test(`${name}() passes and fails where it should`, () => {
    passes();
    throws(fails, AssertionError);
  });
}

Deno.test("assertThrows() checks class and message and returns the error", () => {
  const thrower = () => {
    throw new RangeError("Cannot stop: no brakes");
  };
  const error: RangeError = assertThrows(thrower, RangeError, "no brakes");
  assertEquals(error.message, "Cannot stop: no brakes");
  throws(() => assertThrows(thrower, TypeError), AssertionError);
  throws(() => assertThrows(thrower, RangeError, "lights"), AssertionError);
  throws(() => assertThrows(() => {}), AssertionError);
});

Deno.test("assertRejects() checks class and message and returns the reason", async () => {
  const rejecter = () => Promise.reject(new RangeError("Cannot stop: no brakes"));
  const error: RangeError = await assertRejects(rejecter, RangeError, "no brakes");
  assertEquals(error.message, "Cannot stop: no brakes");
  await rejects(() => assertRejects(rejecter, TypeError), AssertionError);
  await rejects(() => assertRejects(rejecter, RangeError, "lights"), AssertionError);
  await rejects(() => assertRejects(() => Promise.resolve(1)), AssertionError);
});

Deno.test("assertEquals() keeps the comparison with the caller's message", () => {
  throws(() => assertEquals(1, 2, "of the second epoch"), /1 !== 2[\s\S]*of the second epoch/);
});
